using System.Globalization;
using Weapp.SessionServer;

namespace Weapp.Server;

/// <summary>
/// <c>import-sessions FILE</c>: takes over a CSV export of the official session server's table <c>cSessionInfo</c>, with a header line.
/// <c>--Import:UtcOffset</c> says where that server's clock was (default <c>+08:00</c>), <c>--Import:AppId</c> which mini program's sessions they are.
/// </summary>
internal static class ImportCommand
{
    private static readonly string[] Needed = ["skey", "open_id", "session_key", "create_time", "last_visit_time"];

    private static readonly TimeSpan MaxOffset = TimeSpan.FromHours(14);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var path, .. var settings] || path.StartsWith('-'))
            return Refuse("name the file: import-sessions sessions.csv [--Import:UtcOffset=+08:00] [--Import:AppId=wx…] [--SessionServer:…]");
        var builder = Host.CreateApplicationBuilder(settings);
        var offsetText = builder.Configuration["Import:UtcOffset"] ?? "+08:00";
        if (!TimeSpan.TryParseExact(offsetText.TrimStart('+', '-'), @"hh\:mm", CultureInfo.InvariantCulture, out var offset) || offset > MaxOffset)
            return Refuse("Import:UtcOffset is no offset: write it as +08:00.");
        builder.Services.AddSessionServer(builder.Configuration.GetSection("SessionServer"));
        using var host = builder.Build();
        try
        {
            await host.StartAsync();
            using var file = new StreamReader(path);
            var code = await ImportAsync(new CsvTable(file), host.Services.GetRequiredService<ISessionImport>(), builder.Configuration["Import:AppId"], offsetText.StartsWith('-') ? -offset : offset);
            await host.StopAsync();
            return code;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            return Refuse(e.Message);
        }
    }

    private static async Task<int> ImportAsync(CsvTable table, ISessionImport import, string? appId, TimeSpan offset)
    {
        var header = table.Read() ?? [];
        var idColumn = header.Contains("uuid") ? "uuid" : "id";
        if (!header.Contains(idColumn) || Needed.Except(header).Any() || header.Distinct().Count() != header.Count)
            return Refuse($"the first line must name, once each, the columns uuid (or id), {string.Join(", ", Needed)} and, where there are profiles, user_info.");
        var counts = new int[Enum.GetValues<SessionImportOutcome>().Length];
        while (table.Read() is { } row)
        {
            var session = row.Count == header.Count ? Read(header.Zip(row).ToDictionary(), idColumn, offset) : null;
            var outcome = session is null ? SessionImportOutcome.Unusable : await import.AddAsync(session with { AppId = appId }, CancellationToken.None);
            if (outcome == SessionImportOutcome.Unusable)
                Console.Error.WriteLine($"Line {table.Line} is left out: a field, a key or a time is missing or cannot be read, or the mini program is not configured.");
            counts[(int)outcome]++;
        }

        Console.WriteLine(string.Join(", ", Enum.GetValues<SessionImportOutcome>().Select(outcome => $"{outcome}: {counts[(int)outcome]}")));
        return counts[(int)SessionImportOutcome.Unusable] == 0 ? 0 : 2;
    }

    private static ImportedSession? Read(Dictionary<string, string> row, string idColumn, TimeSpan offset) =>
        Time(row["create_time"], offset) is { } created && Time(row["last_visit_time"], offset) is { } visited
            ? new ImportedSession(
                row[idColumn], row["skey"], row["open_id"], row["session_key"], row.GetValueOrDefault("user_info"), created, visited)
            : null;

    // At the ends of the calendar other time zones have no date.
    private static DateTimeOffset? Time(string text, TimeSpan offset) =>
        DateTime.TryParseExact(text, ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy/M/d H:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        && time.Year is > 1 and < 9999
            ? new DateTimeOffset(time, offset)
            : null;

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine($"Weapp.Server imports nothing: {reason}");
        return 1;
    }
}
