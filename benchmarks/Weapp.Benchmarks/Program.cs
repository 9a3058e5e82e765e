using System.Globalization;
using BenchmarkDotNet.Running;
using Weapp.Benchmarks.Events;
using Weapp.Benchmarks.Generator;
using Weapp.Benchmarks.Micro;
using Weapp.Benchmarks.Servers;

// Numbers are read by awk and by people of any country.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

switch (args)
{
    case ["serve", var name]:
        await BenchmarkHost.RunAsync(name);
        break;
    case ["event", var file]:
        await File.WriteAllBytesAsync(file, SpeakEvent.Body());
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
    default:
        BenchmarkSwitcher.FromAssembly(typeof(SpeakEvent).Assembly).Run(args);
        break;
}
