using System.Text;

namespace Weapp.Generators.Emitting;

/// <summary>Writes indented lines that end in LF, whatever the machine.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes lines, each at the current depth; an empty one gets no indentation.</summary>
    public void Write(string lines)
    {
        foreach (var line in lines.Split('\n'))
        {
            var trimmed = line.TrimEnd('\r');
            if (trimmed.Length > 0)
                _text.Append(' ', _depth * 4).Append(trimmed);
            _text.Append('\n');
        }
    }

    /// <summary>Writes an empty line.</summary>
    public void Line() => _text.Append('\n');

    /// <summary>Writes a line and opens a block under it.</summary>
    public void Open(string header)
    {
        Write(header);
        Write("{");
        _depth++;
    }

    /// <summary>Closes a block.</summary>
    public void Close(string after = "")
    {
        _depth--;
        Write("}" + after);
    }

    /// <summary>Writes lines one step further in.</summary>
    public void Indented(string lines)
    {
        _depth++;
        Write(lines);
        _depth--;
    }

    public override string ToString() => _text.ToString();
}
