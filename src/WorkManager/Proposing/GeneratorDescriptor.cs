namespace WorkManager.Proposing;

/// <summary>A generator that is registered.</summary>
/// <param name="ClrType">Its class.</param>
internal sealed record GeneratorDescriptor(Type ClrType);
