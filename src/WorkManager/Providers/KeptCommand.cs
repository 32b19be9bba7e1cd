using Microsoft.EntityFrameworkCore.Storage;

namespace WorkManager.Providers;

/// <summary>Runs commands that are built once and kept. One may serve several calls at once, so each call runs a copy.</summary>
internal static class KeptCommand
{
    /// <summary>Runs a copy of a command.</summary>
    /// <param name="kept">The command.</param>
    /// <param name="parameters">The connection, and the values of the call.</param>
    /// <param name="run">What is done with the copy. It is not used any more once this has ended.</param>
    public static async Task<T> RunAsync<T>(
        IRelationalCommand kept, RelationalCommandParameterObject parameters, Func<IRelationalCommand, RelationalCommandParameterObject, Task<T>> run)
    {
        var copy = parameters.Connection.RentCommand();
        try
        {
            copy.PopulateFrom(kept);
            return await run(copy, parameters).ConfigureAwait(false);
        }
        finally
        {
            parameters.Connection.ReturnCommand(copy);
        }
    }
}
