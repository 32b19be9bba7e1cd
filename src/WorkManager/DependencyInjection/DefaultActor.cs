namespace WorkManager.DependencyInjection;

/// <summary>Who acts in a scope unless told otherwise.</summary>
internal sealed record DefaultActor(Func<IServiceProvider, Actor?> Of);
