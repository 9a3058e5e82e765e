using System.Globalization;
using BenchmarkDotNet.Running;
using Weapp.Benchmarks.Events;
using Weapp.Benchmarks.Generator;
using Weapp.Benchmarks.Micro;
using Weapp.Benchmarks.Servers;
using Weapp.Benchmarks.Sessions;
using Weapp.Benchmarks.Sockets;

// Numbers are read by awk and by people of any country.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

switch (args)
{
    case ["serve", var name, .. var settings]:
        await BenchmarkHost.RunAsync(name, settings);
        break;
    case ["event", var file]:
        await File.WriteAllBytesAsync(file, SpeakEvent.Body());
        break;
    case ["sessions", var folder]:
        await SessionFolder.FillAsync(folder);
        break;
    case ["key"]:
        Console.WriteLine(SpeakEvent.Key);
        break;
    case ["figure", "P1"]:
        BytesToMethodFigure.Print();
        break;
    case ["figure", "P3"]:
        TypedBroadcastFigure.Print();
        break;
    case ["figure", "P6"]:
        GeneratorFigure.Print();
        break;
    case ["figure", "P4", var weapp, var signalR]:
        await FanOutFigure.PrintAsync(new Uri(weapp), new Uri(signalR));
        break;
    case ["figure", "P4b", var weapp, var signalR]:
        await IdleMemoryFigure.PrintAsync(new Uri(weapp), new Uri(signalR));
        break;
    case ["figure", "P4c", var app, var server]:
        await LeftAloneFigure.PrintAsync(new Uri(app), int.Parse(server, CultureInfo.InvariantCulture));
        break;
    case ["figure", "P8", var alone, var app, .. var nodes]:
        await NodesFigure.PrintAsync(new Uri(alone), new Uri(app), [.. nodes.Select(static node => new Uri(node))]);
        break;
    case ["figure", "L1"]:
        SessionCheckFigure.Print();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(SpeakEvent).Assembly).Run(args);
        break;
}
