using Weapp.Generators.Model;

namespace Weapp.Generators.Emitting;

/// <summary>Writes how a client writes contents: a method for each object.</summary>
internal sealed class WritingEmitter : ContentEmitter
{
    private const string JsonWriter = "global::System.Text.Json.Utf8JsonWriter";
    private const string Writings = "global::Weapp.ContentWritings";

    public WritingEmitter(ClientModel client, HashSet<string> names, SourceWriter writer)
        : base(names, writer)
    {
        List<ContentModel> contents = [];
        foreach (var method in client.Methods)
        {
            if (method.Content is null)
                continue;
            contents.Add(method.Content);
            Add(method.Content);
        }

        NameAll("Write", contents);
    }

    protected override string CompositionType => "global::Weapp.ContentWriting";

    public bool WriteFields() => DeclareFields();

    public void WriteFillings() => FillFields();

    public void WriteMethods()
    {
        foreach (var item in Objects)
            WriteWriting(item);
    }

    /// <summary>What writes a content, as an argument after others; empty where the serializer does.</summary>
    public string WritingOf(ClientMethodModel method) => method.Content?.Shape switch
    {
        null or { Kind: ContentKind.Serializer } => "",
        { } shape => ", " + Writing(shape, method.ContentType!),
    };

    protected override string Composition(ContentShape shape, string type)
    {
        var item = Writing(shape.Item, shape.ItemType!);
        return shape.Kind switch
        {
            ContentKind.Nullable => $"{Writings}.Nullable<{shape.ItemType}>({item})",
            ContentKind.Sequence => $"{Writings}.Sequence<{type}, {shape.ItemType}>({item})",
            _ => $"{Writings}.Map<{type}, {shape.ItemType}>({item})",
        };
    }

    /// <summary>What writes a value of a type, as a delegate.</summary>
    private string Writing(ContentShape shape, string type) => shape.Kind switch
    {
        ContentKind.Plain => $"{Writings}.Write",
        ContentKind.Value => $"{Values}.{shape.Detail}.Write",
        ContentKind.Object => MethodOf(shape),
        ContentKind.Enum or ContentKind.EnumName or ContentKind.Serializer => $"{FieldOf(shape)}.Write",
        _ => Composition(shape, type),
    };

    private void WriteWriting(ContentObject item)
    {
        var type = item.Type.FullName;
        Writer.Line();
        Writer.Open($"private {(NeedsOptions(item) ? "" : "static ")}void {MethodOf(item)}({JsonWriter} writer, {type}{(item.IsStruct ? "" : "?")} content)");
        if (!item.IsStruct)
        {
            Writer.Open("if (content is null)");
            Writer.Write("writer.WriteNullValue();\nreturn;");
            Writer.Close();
            Writer.Line();
        }

        Writer.Write($"{Writings}.StartObject(writer);");
        var nameLocal = NameLocals("writer", "content");
        foreach (var member in item.Members)
            WriteMember(member, nameLocal);
        Writer.Write("writer.WriteEndObject();");
        Writer.Close();
    }

    private void WriteMember(ContentMember member, Func<ContentMember, string> nameLocal)
    {
        var property = "content." + Code.Identifier(member.Property);
        switch (member.WrittenWhen)
        {
            case WrittenWhen.NotNull:
                var local = nameLocal(member);
                Writer.Open($"if ({property} is {{ }} {local})");
                WriteValue(member, member.Shape.Kind == ContentKind.Nullable ? member.Shape.Item : member.Shape, local);
                Writer.Close();
                Writer.Line();
                break;
            case WrittenWhen.NotDefault:
                Writer.Open($"if (!global::System.Collections.Generic.EqualityComparer<{member.Shape.Type.FullName}>.Default.Equals({property}, default))");
                WriteValue(member, member.Shape, property);
                Writer.Close();
                Writer.Line();
                break;
            default:
                WriteValue(member, member.Shape, property);
                break;
        }
    }

    private void WriteValue(ContentMember member, ContentShape shape, string value)
    {
        var name = Code.Literal(member.JsonName) + "u8";
        if (shape.Kind == ContentKind.Plain)
        {
            var kind = shape.Type.FullName switch { "string" => "String", "bool" => "Boolean", _ => "Number" };
            Writer.Write($"writer.Write{kind}({name}, {value});");
            return;
        }

        Writer.Write($"writer.WritePropertyName({name});");
        Writer.Write(shape.Kind switch
        {
            ContentKind.Value => $"{Values}.{shape.Detail}.Write(writer, {value});",
            ContentKind.Object => $"{MethodOf(shape)}(writer, {value});",
            ContentKind.Enum or ContentKind.EnumName or ContentKind.Serializer => $"{FieldOf(shape)}.Write(writer, {value});",
            _ => $"{FieldOf(shape)}(writer, {value});",
        });
    }
}
