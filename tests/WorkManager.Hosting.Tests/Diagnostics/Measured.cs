using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace WorkManager.Hosting.Tests.Diagnostics;

/// <summary>What the meters of one host have measured.</summary>
public sealed class Measured : IMeterFactory
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentBag<Meter> meters = [];
    private readonly ConcurrentQueue<Instrument> instruments = new();
    private readonly ConcurrentQueue<(string Name, string Tags, double Value)> measurements = new();

    public Measured()
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (meters.Contains(instrument.Meter))
            {
                instruments.Enqueue(instrument);
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
    }

    public IReadOnlyList<Instrument> Instruments => [.. instruments];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        meters.Add(meter);
        return meter;
    }

    /// <summary>What one instrument has measured: the tags, as <c>name=value</c>, and the values.</summary>
    public IReadOnlyList<(string Tags, double Value)> Of(string name) => [.. measurements.Where(m => m.Name == name).Select(m => (m.Tags, m.Value))];

    /// <summary>What the observable instruments say now.</summary>
    public IReadOnlyList<(string Tags, double Value)> Observe(string name)
    {
        var before = Of(name).Count;
        listener.RecordObservableInstruments();
        return [.. Of(name).Skip(before)];
    }

    public void Dispose()
    {
        listener.Dispose();
        foreach (var meter in meters)
        {
            meter.Dispose();
        }
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new List<string>();
        foreach (var tag in tags)
        {
            text.Add($"{tag.Key}={tag.Value}");
        }

        measurements.Enqueue((instrument.Name, string.Join(' ', text), value));
    }
}
