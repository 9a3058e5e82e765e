using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>What generated clients send.</summary>
public sealed class ClientSpecs
{
    private const string Contract = """
        using System.Text.Json.Serialization;

        public sealed record Word(string Text);

        [TunnelClient]
        public interface IPokeClient
        {
            [TunnelMessage("poke")] Task<EmitResult> Poke();
        }

        [TunnelClient]
        public interface IChatClient : IPokeClient
        {
            [TunnelMessage("speak")] ValueTask<EmitResult> Speak(Word content, CancellationToken cancellationToken = default);
            [TunnelMessage("shout")] ValueTask<EmitResult> Speak(string? content);
            [TunnelMessage("number")] Task<EmitResult> Number(int? @event, CancellationToken sender);
            [TunnelMessage("raw")] ValueTask<EmitResult> Raw(JsonElement content);
            [TunnelMessage("stop")] ValueTask<EmitResult> Stop(CancellationToken cancellationToken);
            ValueTask<EmitResult> Again() => Speak(new Word("again"));
        }
        """;

    private const string Caller = """
        public static class Caller
        {
            public static async Task Call(IChatClient client, CancellationToken token)
            {
                await client.Speak(new Word("hi"), token);
                await client.Speak((string?)null);
                await client.Number(7, token);
                await client.Raw(JsonElement.Parse("[1]"));
                await client.Stop(token);
                await client.Poke();
                await client.Again();
            }
        }
        """;

    [Fact]
    public async Task Each_method_sends_its_message()
    {
        var assembly = Room.LoadAssembly(GeneratorRun.Of(Contract, Caller));
        using CancellationTokenSource cancellation = new();
        RecordingSender sender = new(cancellation.Token);
        var client = ((dynamic)Activator.CreateInstance(assembly.GetType("Weapp.Generated.IChatClientFactory", throwOnError: true)!, JsonSerializerOptions.Web)!)
            .Create(sender);

        await (Task)assembly.GetType("Caller")!.GetMethod("Call")!.Invoke(null, [(object)client, cancellation.Token])!;

        Assert.Equal(
            ["""speak {"text":"hi"} token""", "shout null", "number 7 token", "raw [1]", "stop token", "poke", """speak {"text":"again"}"""], sender.Sent);
    }

    [Fact]
    public void A_handler_registers_itself_and_the_client_that_it_names()
    {
        var assembly = Room.LoadAssembly(GeneratorRun.Of(Contract, "[TunnelHandler<IChatClient>] public partial class Room { }"));
        var room = assembly.GetType("Room")!;
        ServiceCollection services = new();
        services.Configure<JsonOptions>(static options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper);
        var configure = room.GetInterfaceMap(typeof(ITunnelHandler<>).MakeGenericType(room)).TargetMethods
            .Single(static method => method.Name.EndsWith("ConfigureServices", StringComparison.Ordinal));

        configure.Invoke(null, [services, ServiceLifetime.Singleton]);
        configure.Invoke(null, [services, ServiceLifetime.Scoped]);

        Assert.Equal(ServiceLifetime.Singleton, Assert.Single(services, service => service.ServiceType == room).Lifetime);
        using var provider = services.BuildServiceProvider();
        dynamic factory = provider.GetRequiredService(typeof(TunnelClientFactory<>).MakeGenericType(assembly.GetType("IChatClient")!));
        RecordingSender sender = new(CancellationToken.None);
        assembly.GetType("IChatClient")!.GetMethod("Again")!.Invoke(factory.Create(sender), null);
        Assert.Equal(["""speak {"TEXT":"again"}"""], sender.Sent);
    }

    [Fact]
    public void A_handler_finds_the_client_of_another_assembly()
    {
        var contract = GeneratorRun.Of(Snippet.Compile(
            "Contract", [], "namespace Shared { public class Outer { [TunnelClient] public interface IClient { [TunnelMessage(\"a\")] Task<EmitResult> A(); } } }"));
        using MemoryStream image = new();
        Assert.True(contract.Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);

        var app = GeneratorRun.Of(Snippet.Compile(
            "App", [MetadataReference.CreateFromImage(image.ToArray())], "[TunnelHandler<Shared.Outer.IClient>] public partial class Room { }"));

        Assert.DoesNotContain(app.CompilerFindings(), static finding => !finding.Contains("CS0436", StringComparison.Ordinal));
        Assert.Contains("new global::Weapp.Generated.Shared.Outer_IClientFactory(contentOptions)", app.Files["Room.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_internal_interface_gets_an_internal_implementation()
    {
        var run = GeneratorRun.Of("namespace Chat; [TunnelClient] internal interface IClient;");

        Assert.Empty(run.CompilerFindings());
        Assert.Equal(Accessibility.Internal, run.Output.GetTypeByMetadataName("Weapp.Generated.Chat.IClientFactory")!.DeclaredAccessibility);
        Assert.Equal(["Chat.IClient.g.cs"], run.Files.Keys);
    }

    private sealed class RecordingSender(CancellationToken token) : ITunnelSender
    {
        public List<string> Sent { get; } = [];

        public ValueTask<EmitResult> SendAsync<T>(OutboundMessage<T> message, T content, CancellationToken cancellationToken) =>
            Record($"{message.Type} {Written(message, content)}", cancellationToken);

        public ValueTask<EmitResult> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => Record(message.Type, cancellationToken);

        private static string Written<T>(OutboundMessage<T> message, T content)
        {
            using MemoryStream json = new();
            using (Utf8JsonWriter writer = new(json))
                message.WriteContent(writer, content);
            return Encoding.UTF8.GetString(json.ToArray());
        }

        private ValueTask<EmitResult> Record(string message, CancellationToken cancellationToken)
        {
            Sent.Add(message + (cancellationToken != CancellationToken.None && cancellationToken == token ? " token" : ""));
            return default;
        }
    }
}
