namespace Weapp.Benchmarks.Events;

/// <summary>The content of the measured event: two records, as most contents nest one.</summary>
public sealed record SpeakPayload(string Word, Seat At);

/// <summary>Where the speaker sits.</summary>
public sealed record Seat(string Room, int Number);
