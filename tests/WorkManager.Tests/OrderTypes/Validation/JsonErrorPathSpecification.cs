using AwesomeAssertions;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Tests.OrderTypes.Validation;

public sealed class JsonErrorPathSpecification
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("$", "")]
    [InlineData("$.user.name", "user.name")]
    [InlineData("$.tags[0]", "tags.0")]
    [InlineData("$[3][4].a", "3.4.a")]
    [InlineData("$.user['first name'].a", "user.first name.a")]
    [InlineData("$['unclosed", "unclosed")]
    [InlineData("$[", "")]
    [InlineData("$..a", ".a")]
    public void Paths_of_the_serializer_become_fields(string? path, string field) => JsonErrorPath.ToField(path).Should().Be(field);
}
