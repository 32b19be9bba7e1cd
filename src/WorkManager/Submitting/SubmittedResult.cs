using System.Buffers;
using System.Text;
using System.Text.Json;
using WorkManager.Execution;
using WorkManager.OrderTypes;

namespace WorkManager.Submitting;

/// <summary>What both ways of storing write.</summary>
internal static class SubmittedResult
{
    /// <summary>Fills in what a good result changes of its item, lease and state apart.</summary>
    public static void Fill(UnitOfWork unit, WorkItem item, CheckedDocument result)
    {
        item.Result = result.Text;
        item.ResultHash = result.Hash;
        item.Error = null;
        item.SubmittedAt = unit.Now;
        item.SubmittedByType = unit.Actor.Type;
        item.SubmittedById = unit.Actor.Id;
        item.SubmittedFor = unit.Actor.Principal?.ToString();
    }

    /// <summary>What the event of a submit says. The text of the result was checked: it is not parsed again.</summary>
    public static string EventPayload(CheckedDocument result, SubmitOptions said)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("result");
            json.WriteRawValue(result.Text, skipInputValidation: true);
            json.WritePropertyName("evidence");
            if (said.Evidence is null)
            {
                json.WriteNullValue();
            }
            else
            {
                said.Evidence.WriteTo(json);
            }

            json.WriteString("notes", said.Notes);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
