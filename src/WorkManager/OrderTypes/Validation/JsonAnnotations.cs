using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Validation;

/// <summary>
/// Reads the DataAnnotations that are checked on the JSON: [Required], [MinLength], [MaxLength], [Length], [StringLength], [Range],
/// [RegularExpression], [AllowedValues], [EmailAddress] and [Url]. Other validation attributes run on the object; see <see cref="ObjectRules"/>.
/// </summary>
internal static class JsonAnnotations
{
    private static readonly FrozenSet<Type> InContract =
    [
        typeof(RequiredAttribute), typeof(MinLengthAttribute), typeof(MaxLengthAttribute), typeof(LengthAttribute), typeof(StringLengthAttribute),
        typeof(RangeAttribute), typeof(RegularExpressionAttribute), typeof(AllowedValuesAttribute), typeof(EmailAddressAttribute), typeof(UrlAttribute),
    ];

    /// <summary>The attributes that a contract does not express, or not fully: a class that derives from [Range] may check more.</summary>
    public static IReadOnlyList<ValidationAttribute> Others(JsonMember member) =>
        [.. member.Annotations<ValidationAttribute>().Where(a => !InContract.Contains(a.GetType()))];

    /// <summary>The attributes of a contract to which the host gives a message of its own, by the codes of the errors that they stand for.</summary>
    /// <exception cref="InvalidOperationException">The message cannot be made.</exception>
    public static IReadOnlyDictionary<string, ValidationAttribute> Messages(JsonMember member)
    {
        var messages = new Dictionary<string, ValidationAttribute>();
        var annotations = member.Annotations<ValidationAttribute>().Where(a => InContract.Contains(a.GetType())).ToList();
        var hasMinimum = annotations.Exists(a => a is MinLengthAttribute or LengthAttribute or StringLengthAttribute { MinimumLength: > 0 });
        foreach (var annotation in annotations.Where(HasOwnMessage))
        {
            EnsureCanBeMade(member, annotation);
            foreach (var code in CodesOf(annotation, hasMinimum))
            {
                messages[code] = annotation;
            }
        }

        return messages.Count == 0 ? FrozenDictionary<string, ValidationAttribute>.Empty : messages.ToFrozenDictionary();
    }

    private static void EnsureCanBeMade(JsonMember member, ValidationAttribute annotation)
    {
        try
        {
            annotation.FormatErrorMessage(member.Name);
        }
        catch (Exception invalid) when (invalid is FormatException or InvalidOperationException)
        {
            var name = annotation.GetType().Name[..^"Attribute".Length];
            throw new InvalidOperationException($"The message of [{name}] on {member.Display} cannot be made: {invalid.Message}", invalid);
        }
    }

    // These two have a message from the start.
    private static bool HasOwnMessage(ValidationAttribute annotation) => annotation.ErrorMessageResourceName is not null || annotation switch
    {
        EmailAddressAttribute => annotation.ErrorMessage != new EmailAddressAttribute().ErrorMessage,
        UrlAttribute => annotation.ErrorMessage != new UrlAttribute().ErrorMessage,
        _ => annotation.ErrorMessage is not null,
    };

    private static string[] CodesOf(ValidationAttribute annotation, bool hasMinimum) => annotation switch
    {
        // A text that is required must not be blank.
        RequiredAttribute => hasMinimum ? [ValidationCodes.Required] : [ValidationCodes.Required, ValidationCodes.MinLength],
        MinLengthAttribute => [ValidationCodes.MinLength, ValidationCodes.MinItems],
        MaxLengthAttribute or StringLengthAttribute { MinimumLength: 0 } => [ValidationCodes.MaxLength, ValidationCodes.MaxItems],
        RangeAttribute => [ValidationCodes.Minimum, ValidationCodes.Maximum],
        RegularExpressionAttribute => [ValidationCodes.Pattern],
        AllowedValuesAttribute => [ValidationCodes.EnumInvalid],
        EmailAddressAttribute or UrlAttribute => [ValidationCodes.Format],
        _ => [ValidationCodes.MinLength, ValidationCodes.MaxLength, ValidationCodes.MinItems, ValidationCodes.MaxItems],
    };

    public static JsonContract Apply(JsonContract contract, JsonMember member, JsonSerializerOptions options)
    {
        foreach (var annotation in member.Annotations<ValidationAttribute>())
        {
            contract = annotation switch
            {
                RequiredAttribute a => Required(contract, a),
                MinLengthAttribute a => Sized(contract, member, a, a.Length, null),
                MaxLengthAttribute a => Sized(contract, member, a, null, a.Length < 0 ? null : a.Length), // -1: as long as the database allows
                LengthAttribute a => Sized(contract, member, a, a.MinimumLength, a.MaximumLength),
                StringLengthAttribute a => Sized(Text(contract, member, a), member, a, a.MinimumLength, a.MaximumLength),
                RangeAttribute a => Range(contract, member, a),
                RegularExpressionAttribute a => Pattern(Text(contract, member, a), member, a),
                AllowedValuesAttribute a => Allowed(contract, member, a, options),
                EmailAddressAttribute a => Text(contract, member, a) with { Format = StringFormat.Email },
                // [Url] on a Uri is a check of the text, as the attribute on a string is.
                UrlAttribute when contract.Format is StringFormat.Uri => contract with { Format = StringFormat.Url },
                UrlAttribute a => Text(contract, member, a) with { Format = StringFormat.Url },
                _ => contract,
            };
        }

        return contract;
    }

    private static JsonContract Required(JsonContract contract, RequiredAttribute annotation)
    {
        var required = contract with { Nullable = false };
        return contract is { Kind: JsonContractKind.String, Format: StringFormat.None } && !annotation.AllowEmptyStrings
            ? required with { Constraints = contract.Constraints with { MinLength = Higher(contract.Constraints.MinLength, 1), NotBlank = true } }
            : required;
    }

    private static JsonContract Sized(JsonContract contract, JsonMember member, ValidationAttribute annotation, int? least, int? most)
    {
        var c = contract.Constraints;
        return contract.Kind switch
        {
            JsonContractKind.String when contract.Format is StringFormat.None or StringFormat.Base64 or StringFormat.Email or StringFormat.Url =>
                contract with { Constraints = c with { MinLength = Higher(c.MinLength, least), MaxLength = Lower(c.MaxLength, most) } },
            JsonContractKind.Array or JsonContractKind.Dictionary =>
                contract with { Constraints = c with { MinItems = Higher(c.MinItems, least), MaxItems = Lower(c.MaxItems, most) } },
            _ => throw Unchecked(member, annotation),
        };
    }

    private static JsonContract Range(JsonContract contract, JsonMember member, RangeAttribute annotation)
    {
        if (contract.Kind is not (JsonContractKind.Integer or JsonContractKind.Number))
        {
            throw Unchecked(member, annotation);
        }

        var constraints = contract.Constraints;
        if (Limit(annotation.Minimum, annotation.MinimumIsExclusive) is { } minimum)
        {
            constraints = constraints with { Minimum = NumberLimit.Higher(constraints.Minimum, minimum) };
        }

        if (Limit(annotation.Maximum, annotation.MaximumIsExclusive) is { } maximum)
        {
            constraints = constraints with { Maximum = NumberLimit.Lower(constraints.Maximum, maximum) };
        }

        return contract with { Constraints = constraints };

        NumberLimit? Limit(object? value, bool exclusive) => value switch
        {
            int number => new NumberLimit((decimal)number, exclusive),
            double number => double.IsFinite(number) ? new NumberLimit(number, exclusive) : null,
            // [Range(typeof(decimal), "0.1", "9.9")]: the culture of the server must not decide what that means.
            string text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => new NumberLimit(number, exclusive),
            _ => throw Unchecked(member, annotation),
        };
    }

    private static JsonContract Pattern(JsonContract contract, JsonMember member, RegularExpressionAttribute annotation)
    {
        try
        {
            var pattern = new StringPattern(annotation.Pattern);
            return contract with { Constraints = contract.Constraints with { Patterns = [.. contract.Constraints.Patterns, pattern] } };
        }
        catch (ArgumentException invalid)
        {
            throw new InvalidOperationException($"The pattern of [RegularExpression] on {member.Display} is not valid: {invalid.Message}", invalid);
        }
    }

    private static JsonContract Allowed(JsonContract contract, JsonMember member, AllowedValuesAttribute annotation, JsonSerializerOptions options)
    {
        if (contract.Kind is not (JsonContractKind.Boolean or JsonContractKind.String or JsonContractKind.Integer or JsonContractKind.Number))
        {
            throw Unchecked(member, annotation);
        }

        JsonElement[] allowed = [.. annotation.Values.Select(v => JsonSerializer.SerializeToElement(v, v?.GetType() ?? typeof(object), options))];
        return contract with { Constraints = contract.Constraints with { AllowedValues = allowed } };
    }

    private static JsonContract Text(JsonContract contract, JsonMember member, ValidationAttribute annotation) =>
        contract is { Kind: JsonContractKind.String, Format: StringFormat.None or StringFormat.Email or StringFormat.Url }
            ? contract
            : throw Unchecked(member, annotation);

    private static int? Higher(int? one, int? other) => one is null || other > one ? other ?? one : one;

    private static int? Lower(int? one, int? other) => one is null || other < one ? other ?? one : one;

    private static InvalidOperationException Unchecked(JsonMember member, ValidationAttribute annotation)
    {
        var name = annotation.GetType().Name[..^"Attribute".Length];
        return new($"[{name}] on {member.Display} ({member.Type.Name}) cannot be checked on JSON. Remove it, and check the value in the order type.");
    }
}
