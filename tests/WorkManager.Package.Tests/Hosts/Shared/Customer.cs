namespace Shop;

public sealed class Customer
{
    public int Id { get; set; }

    public required string Name { get; set; }
}
