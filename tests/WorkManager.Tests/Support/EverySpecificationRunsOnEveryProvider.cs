using System.Reflection;

namespace WorkManager.Tests.Support;

/// <summary>A promise about persistence that is kept on one database only is not a promise.</summary>
public sealed class EverySpecificationRunsOnEveryProvider
{
    private static readonly Type[] Types = Assembly.GetExecutingAssembly().GetTypes();

    public static TheoryData<Type> Specifications =>
        [.. Types.Where(type => type is { IsClass: true, IsAbstract: true, IsSealed: false } && type.Name.EndsWith("Specification", StringComparison.Ordinal))];

    public static TheoryData<Type> PersistenceTests =>
        [.. Types.Where(type => type.IsClass && type.IsAssignableTo(typeof(IPersistenceTest)))];

    [Theory]
    [MemberData(nameof(Specifications))]
    public void A_specification_has_exactly_one_sealed_class_a_provider(Type specification)
    {
        var subject = specification.Name[..^"Specification".Length];
        var expected = Enum.GetNames<Provider>().Select(provider => $"{subject}On{provider}").Order();

        var actual = Types.Where(type => type.IsSubclassOf(specification));

        Assert.Equal(expected, actual.Select(type => type.Name).Order());
        Assert.All(actual, type => Assert.True(type.IsSealed, $"{type} is not sealed"));
    }

    [Theory]
    [MemberData(nameof(PersistenceTests))]
    public void A_class_that_runs_on_a_provider_is_named_after_it_and_specified(Type testClass)
    {
        Assert.EndsWith($"On{PersistenceTest.ProviderOf(testClass)}", testClass.Name, StringComparison.Ordinal);
        Assert.EndsWith("Specification", testClass.BaseType!.Name, StringComparison.Ordinal);
    }
}
