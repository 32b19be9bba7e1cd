// An application in a process of its own: other processes race with it, and it can be killed.
//
//   claim   <provider> <connection string> <process> <tasks>   leases until nothing is left, and prints what it got
//   approve <provider> <connection string> <order>             approves, and stays inside the apply until it is killed
//
// It prints "ready" and waits for a line on its standard input, so that all processes start at once.

using System.Globalization;
using WorkManager.RaceWorker;

return args switch
{
    ["claim", var provider, var connection, var process, var tasks] =>
        await Claiming.RunAsync(Application.Start(provider, connection), Number(process), Number(tasks)),
    ["approve", var provider, var connection, var order] =>
        await Approving.RunAsync(Application.Start(provider, connection), Guid.Parse(order, CultureInfo.InvariantCulture)),
    _ => 2,
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
