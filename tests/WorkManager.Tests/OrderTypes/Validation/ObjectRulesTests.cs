using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using AwesomeAssertions;
using WorkManager.OrderTypes.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Tests.OrderTypes.Validation;

/// <summary>Every validation attribute of the host runs, and so does <see cref="IValidatableObject"/>, with the paths of the document.</summary>
public sealed class ObjectRulesTests
{
    [Theory]
    [InlineData("""{"even":2}""", "")]
    [InlineData("""{"even":3}""", "even schema.rule: Give an even number for even.")]
    [InlineData("""{"even":2,"card":"4111111111111112"}""", "card schema.rule: The card field is not a valid credit card number.")]
    [InlineData("""{"even":2,"tight":7}""", "tight schema.rule: 7 is refused.")]
    [InlineData("""{"even":2,"tight":70}""", "tight schema.maximum")]
    public void An_attribute_that_has_no_code_of_its_own_runs(string document, string error) => Errors<Sample>(document).Should().StartWith(error);

    [Theory]
    [InlineData("""{"even":2,"inner":{"even":3}}""", "inner.even")]
    [InlineData("""{"even":2,"list":[{"even":2},{"even":3}]}""", "list.1.even")]
    [InlineData("""{"even":2,"map":{"a b":{"even":3}}}""", "map.a b.even")]
    [InlineData("""{"even":2,"shape":{"$type":"square","side":3}}""", "shape.side")]
    [InlineData("""{"even":2,"shape":{"side":3,"$type":"square"}}""", "shape.side")]
    public void The_path_leads_to_the_value(string document, string path) => Errors<Sample>(document).Should().StartWith($"{path} schema.rule");

    [Theory]
    [InlineData("""{"from":1,"to":2}""", "")]
    [InlineData("""{"from":2,"to":1}""", "to schema.rule: Ends before it begins.; the_start schema.rule: Ends before it begins.")]
    [InlineData("""{"from":1,"to":99}""", " schema.rule: Too long.")]
    public void What_an_object_checks_itself_is_told_by_the_names_of_the_document(string document, string errors) =>
        Errors<Period>(document.Replace("from", "the_start", StringComparison.Ordinal)).Should().Be(errors);

    [Fact]
    public void What_an_object_checks_itself_is_asked_only_if_its_attributes_are_satisfied() =>
        Errors<Period>("""{"the_start":1,"to":13}""").Should().Be("to schema.rule: Not 13.");

    [Fact]
    public void An_attribute_on_the_type_runs() => Errors<Guarded>("""{"sum":3,"parts":[1,1]}""").Should().Be(" schema.rule: The parts do not add up.");

    [Theory]
    [InlineData("""{"tags":["a","b"]}""", "")]
    [InlineData("""{"tags":["a","a"]}""", "tags schema.rule: Twice.")]
    [InlineData("""{"tags":["a","b","c"]}""", "tags schema.rule: Too many.")]
    [InlineData("""{"map":{"k":["a","a"]}}""", "map.k schema.rule: Twice.")]
    [InlineData("""{"price":"-1 EUR"}""", "price schema.rule: Less than nothing.")]
    [InlineData("""{"span":{"from":2,"to":1}}""", "span.to schema.rule: Ends before it begins.")]
    public void A_rule_of_a_type_runs_however_its_values_are_written(string document, string errors) => Errors<Article>(document).Should().Be(errors);

    [Theory]
    [InlineData("""{"country":"de"}""", "country schema.pattern: Give the ISO 3166 code of country.")]
    [InlineData("{}", "country schema.required: Which country?")]
    [InlineData("""{"country":"DE","mail":"x"}""", "mail schema.format: The value must be an e-mail address.")]
    [InlineData("""{"country":"DE","codes":["a","b"]}""", "codes schema.max_items: One code.")]
    public void A_message_of_the_hosts_own_takes_the_place_of_ours(string document, string error) => Errors<Address>(document).Should().Be(error);

    [Theory]
    [InlineData("", "Bonn", "city schema.min_length: Which city?")]
    [InlineData("abcdef", "Bonn", "city schema.max_length: At most 5.")]
    [InlineData("Bonn", "a", "street schema.min_length: The value must have at least 2 characters.")]
    [InlineData("Bonn", "abcdef", "street schema.max_length: At most 5.")]
    public void A_message_is_told_for_what_its_attribute_says(string city, string street, string error) =>
        Errors<Town>($$"""{"city":"{{city}}","street":"{{street}}"}""").Should().Be(error);

    [Theory]
    [InlineData(typeof(System.Collections.ObjectModel.ReadOnlyCollection<int>), "*Use an array, a list*")]
    [InlineData(typeof(Dictionary<string, System.Collections.ObjectModel.ReadOnlyDictionary<string, int>>), "*Use an array, a list*")]
    [InlineData(typeof(Vehicle), "*Car no discriminator*")]
    public void What_could_never_be_read_back_is_refused_before_it_is_written(Type type, string message)
    {
        var build = () => JsonContractBuilder.For(WorkManagerJson.CreateStrict()).Build(type);

        build.Should().Throw<InvalidOperationException>().WithMessage(message);
    }

    [Fact]
    public void A_message_that_cannot_be_made_is_refused_with_its_member()
    {
        var build = () => JsonContractBuilder.For(WorkManagerJson.CreateStrict()).Build(typeof(Braces));

        build.Should().Throw<InvalidOperationException>().WithMessage("*[RegularExpression] on Braces.Code*");
    }

    [Fact]
    public void A_stack_is_refused_because_it_would_be_turned_over()
    {
        var build = () => JsonContractBuilder.For(WorkManagerJson.CreateStrict()).Build(typeof(Dictionary<string, Stack<int>>));

        build.Should().Throw<InvalidOperationException>().WithMessage("*reverse order*list*");
    }

    [Fact]
    public void A_thousand_refusals_are_enough() =>
        Errors<int[], Numbers>($$"""{"all":[{{string.Join(',', Enumerable.Repeat("""{"even":3}""", 1_500))}}]}""").Should().Be(1_001);

    [Theory]
    [InlineData(typeof(PrivateSetter), "PrivateSetter.Name")]
    [InlineData(typeof(GetOnly), "GetOnly.Name")]
    [InlineData(typeof(WithField), "WithField.Name")]
    [InlineData(typeof(WithTuple), "tuple")]
    [InlineData(typeof(List<PrivateSetter>), "PrivateSetter.Name")]
    [InlineData(typeof(Outer), "PrivateSetter.Name")]
    [InlineData(typeof(PrivateGetter), "PrivateGetter.Code")]
    [InlineData(typeof(WithOwnField), "WithOwnField.Lines")]
    [InlineData(typeof(Coin), "Coin.Amount")]
    [InlineData(typeof(Basket), "Basket.Currency")]
    public void A_member_whose_value_would_be_lost_is_refused_with_its_name_and_the_cure(Type type, string named)
    {
        var build = () => JsonContractBuilder.For(WorkManagerJson.CreateStrict()).Build(type);

        build.Should().Throw<InvalidOperationException>().Which.Message.Should().Contain(named).And.ContainAny("[JsonIgnore]", "record");
    }

    [Theory]
    [InlineData(typeof(Computed))]
    [InlineData(typeof(Ignored))]
    [InlineData(typeof(Included))]
    [InlineData(typeof(Tuple<int, string>))]
    [InlineData(typeof(KeyValuePair<string, int>))]
    [InlineData(typeof(Sample))]
    [InlineData(typeof(Figure))]
    [InlineData(typeof(Populated))]
    [InlineData(typeof(Extended))]
    [InlineData(typeof(WithSummary))]
    [InlineData(typeof(Tags))]
    [InlineData(typeof(Ring))]
    [InlineData(typeof(Bag))]
    [InlineData(typeof(Alias))]
    [InlineData(typeof(Labelled))]
    public void What_survives_is_taken(Type type) => JsonContractBuilder.For(WorkManagerJson.CreateStrict()).Build(type).Should().NotBeNull();

    [Fact]
    public void A_rule_that_throws_has_a_code_and_getters_that_no_rule_needs_do_not_run()
    {
        Errors<Careless>("""{"count":0,"even":2}""").Should().Be("");

        var check = () => Errors<Thrower>("{}");

        check.Should().Throw<WorkManagerException>().Where(e => e.Code == "rule_failed" && e.InnerException is TimeoutException);
    }

    private static string Errors<T>(string document)
    {
        new StrictJsonReader(WorkManagerJson.CreateStrict()).Read(JsonElement.Parse(document), typeof(T), out var errors);
        return string.Join("; ", errors.Select(e => $"{e.Field} {e.Code}: {e.Message}"));
    }

    private static int Errors<TElement, T>(string document)
    {
        new StrictJsonReader(WorkManagerJson.CreateStrict()).Read(JsonElement.Parse(document), typeof(T), out var errors);
        return errors.Count;
    }

    [AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
    private sealed class EvenAttribute() : ValidationAttribute("Give an even number for {0}.")
    {
        public override bool IsValid(object? value) => value is null or int and (0 or 2 or 4);
    }

    [AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
    private sealed class NotAttribute(int refused) : RangeAttribute(0, 20)
    {
        public override bool IsValid(object? value) => value is null || (int)value != refused;

        public override string FormatErrorMessage(string name) => $"{refused} is refused.";
    }

    [AttributeUsage(AttributeTargets.Class)]
    private sealed class AddsUpAttribute() : ValidationAttribute("The parts do not add up.")
    {
        public override bool IsValid(object? value) => value is Guarded guarded && guarded.Parts.Sum() == guarded.Sum;
    }

    private sealed record Sample([Even] int Even, Sample? Inner = null, Sample[]? List = null, Dictionary<string, Sample>? Map = null, Shape? Shape = null)
    {
        [CreditCard]
        public string? Card { get; init; }

        [Not(7)]
        public int? Tight { get; init; }
    }

    [JsonPolymorphic]
    [JsonDerivedType(typeof(Square), "square")]
    private abstract record Shape;

    private sealed record Square([Even] int Side) : Shape;

    private sealed record Numbers(Sample[] All);

    [AddsUp]
    private sealed record Guarded(int Sum, int[] Parts);

    private sealed record Period([property: JsonPropertyName("the_start")] int From, int To) : IValidatableObject
    {
        [DeniedValues(13, ErrorMessage = "Not 13.")]
        public int To { get; init; } = To;

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (To < From)
            {
                yield return new ValidationResult("Ends before it begins.", [nameof(To), nameof(From)]);
            }

            if (To - From > 50 || To == 13)
            {
                yield return new ValidationResult("Too long.");
            }
        }
    }

    private sealed class PrivateSetter
    {
        public string? Name { get; private set; }
    }

    private sealed class GetOnly
    {
        public string Name { get; } = "";
    }

    private sealed class WithField
    {
#pragma warning disable CA1051, SA1401, CS0649 // The mistake that is refused.
        public string? Name;
#pragma warning restore CA1051, SA1401, CS0649
    }

    private sealed record WithTuple((int, string) Pair);

    private sealed record Outer(string Name, Dictionary<string, PrivateSetter[]> Inner);

    private sealed record Computed(int A, int B)
    {
        public int Sum => A + B;
    }

    private sealed class Ignored
    {
        [JsonIgnore]
        public string Name { get; } = "";
    }

    [JsonDerivedType(typeof(Circle), "circle")]
    private abstract class Figure(string name)
    {
        public string Name { get; } = name;
    }

    private sealed class Circle(string name) : Figure(name);

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    private sealed class Populated
    {
        public List<int> Numbers { get; } = [];
    }

    private sealed class Extended
    {
        public int A { get; set; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement> More { get; } = [];
    }

    private sealed record WithSummary(int A)
    {
        public GetOnly Summary => new();
    }

    private sealed record Careless(int Count, [Even] int Even)
    {
        public int Average => 1 / Count;
    }

    private sealed record Thrower : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => throw new TimeoutException();
    }

    private sealed class Included
    {
        [JsonInclude]
        public string? Name { get; private set; }
    }

    private sealed class Article
    {
        public Tags? Tags { get; set; }

        public Dictionary<string, Tags>? Map { get; set; }

        public Price? Price { get; set; }

        public Span? Span { get; set; }
    }

    [AtMostTwo]
    private sealed class Tags : List<string>, IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => this.Distinct().Count() < Count ? [new("Twice.")] : [];
    }

    private sealed class AtMostTwoAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => value is Tags { Count: <= 2 };

        public override string FormatErrorMessage(string name) => "Too many.";
    }

    [JsonConverter(typeof(PriceAsText))]
    private sealed record Price(int Amount) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Amount < 0 ? [new("Less than nothing.")] : [];
    }

    private sealed class PriceAsText : JsonConverter<Price>
    {
        public override Price Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(int.Parse(reader.GetString()!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

        public override void Write(Utf8JsonWriter writer, Price value, JsonSerializerOptions options) => writer.WriteStringValue($"{value.Amount} EUR");
    }

    [Ascending]
    private sealed record Span(int From, int To);

    /// <summary>An attribute on a type that says which member is wrong.</summary>
    private sealed class AscendingAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is Span span && span.To < span.From ? new("Ends before it begins.", [nameof(Span.To)]) : ValidationResult.Success;
    }

    private sealed class Address
    {
        [Required(ErrorMessage = "Which country?"), RegularExpression("[A-Z]{2}", ErrorMessage = "Give the ISO 3166 code of {0}.")]
        public string? Country { get; set; }

        [EmailAddress]
        public string? Mail { get; set; }

        [MaxLength(1, ErrorMessage = "One code.")]
        public string[]? Codes { get; set; }
    }

    [JsonDerivedType(typeof(Car))]
    private record Vehicle(int Wheels);

    private sealed record Car(int Wheels, int Doors) : Vehicle(Wheels);

    private sealed class Town
    {
        [Required(ErrorMessage = "Which city?"), StringLength(5, ErrorMessage = "At most 5.")]
        public string City { get; set; } = "";

        [Required(ErrorMessage = "Which street?"), MinLength(2), MaxLength(5, ErrorMessage = "At most 5.")]
        public string Street { get; set; } = "";
    }

    private sealed class Braces
    {
        [RegularExpression("[A-Z]{2}", ErrorMessage = "Must match [A-Z]{2}")]
        public string Code { get; set; } = "";
    }

    private sealed class Ring : List<int>
    {
        public new int Count => base.Count;

        public new int Capacity { get; set; }
    }

    private sealed class Bag
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement> More { get; set; } = [];

        public int Size => More.Count;
    }

    /// <summary>An old name is still read.</summary>
    private sealed class Alias
    {
        public string Name { get; set; } = "";

        public string OldName
        {
            set => Name = value;
        }
    }

    private sealed class Labelled
    {
        private string? label;

        public string Name { get; set; } = "";

        public string Label => label ??= $"<{Name}>";
    }

    private sealed class PrivateGetter
    {
        public string Code { private get; set; } = "";

        public string Shown => Code;
    }

    private sealed class WithOwnField
    {
        private readonly List<string> lines = [];

        public IReadOnlyList<string> Lines => lines;

        public string Name { get; set; } = "";
    }

    private readonly struct Coin(decimal value)
    {
        private readonly decimal cents = value * 100;

        public decimal Amount => cents / 100;
    }

    private sealed class Basket : List<int>
    {
        public string Currency { get; set; } = "";
    }
}
