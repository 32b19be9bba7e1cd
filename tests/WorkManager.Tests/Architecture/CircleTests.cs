namespace WorkManager.Tests.Architecture;

/// <summary>A search that finds nothing would find the folders free of circles, whatever they do.</summary>
public sealed class CircleTests
{
    [Theory]
    [InlineData("A→B B→A", "A→B B→A")]
    [InlineData("A→A", "A→A")]
    [InlineData("A→B B→C C→D D→B", "B→C C→D D→B")]
    [InlineData("A→B A→C B→C C→D X→Y D→X Y→D", "D→X X→Y Y→D")]
    [InlineData("A→B A→C B→D C→D", "")]
    [InlineData("Z→A A→B Z→B", "")]
    [InlineData("", "")]
    public void A_circle_is_found_if_there_is_one(string steps, string circle)
    {
        var found = Circle.Find(steps.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => (From: s.Split('→')[0], To: s.Split('→')[1])));

        Assert.Equal(circle, string.Join(' ', found.Select(s => $"{s.From}→{s.To}")));
    }
}
