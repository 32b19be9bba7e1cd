using System.Text.Json;
using System.Text.Json.Serialization;
using WorkManager.Orders;

namespace WorkManager.Tests.Orders;

/// <summary>What entities read from their JSON columns for a caller who names the class.</summary>
public sealed class StoredJsonReads
{
    public static TheoryData<JsonSerializerOptions?> Options => new(null, new JsonSerializerOptions(JsonSerializerDefaults.Web));

    [Theory, MemberData(nameof(Options), DisableDiscoveryEnumeration = true)]
    public void The_discriminator_may_stand_anywhere(JsonSerializerOptions? options) =>
        Assert.Equal(new Circle(1), StoredJson.Read<Shape>("payload", """{"radius":1,"$type":"circle"}""", options));

    [Fact]
    public void What_a_class_throws_and_what_no_JSON_can_be_read_as_is_a_mismatch()
    {
        foreach (var read in (Action[])[() => StoredJson.Read<Picky>("payload", """{"side":-1}""", null), () => StoredJson.Read<IDisposable>("payload", "{}", null)])
        {
            Assert.Equal("type_mismatch", Assert.Throws<WorkManagerException>(read).Code);
        }
    }

    [JsonDerivedType(typeof(Circle), "circle")]
    private abstract record Shape;

    private sealed record Circle(int Radius) : Shape;

    private sealed class Picky(int side)
    {
        public int Side { get; } = side >= 0 ? side : throw new ArgumentOutOfRangeException(nameof(side));
    }
}
