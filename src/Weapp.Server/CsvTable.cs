using System.Text;

namespace Weapp.Server;

/// <summary>Reads CSV as RFC 4180 has it: commas, quotes that are doubled within quotes, and line ends within quotes.</summary>
internal sealed class CsvTable(TextReader text)
{
    private readonly StringBuilder _field = new();
    private int _lines;

    /// <summary>The line on which the last row began.</summary>
    public int Line { get; private set; }

    /// <summary>The fields of the next row; null at the end.</summary>
    /// <exception cref="FormatException">A quote is not closed, or text follows one.</exception>
    public List<string>? Read()
    {
        if (text.Peek() < 0)
            return null;
        Line = ++_lines;
        var row = new List<string>();
        while (true)
        {
            _field.Clear();
            var end = text.Peek() == '"' ? ReadQuoted() : ReadPlain();
            row.Add(_field.ToString());
            if (end != ',')
                return row;
        }
    }

    private int ReadPlain()
    {
        while (true)
        {
            var c = text.Read();
            if (c is ',' or '\n' or < 0)
                return c;
            if (c != '\r' || text.Peek() != '\n')
                _field.Append((char)c);
        }
    }

    private int ReadQuoted()
    {
        text.Read();
        while (true)
        {
            var c = text.Read();
            if (c < 0)
                throw new FormatException($"line {Line} has a quote that is not closed.");
            if (c == '"' && text.Peek() != '"')
                break;
            if (c == '"')
                text.Read();
            if (c == '\n')
                _lines++;
            _field.Append((char)c);
        }

        if (text.Peek() == '\r')
            text.Read();
        var end = text.Read();
        return end is ',' or '\n' or < 0 ? end : throw new FormatException($"line {Line} has text after a closing quote.");
    }
}
