/// JSON laid out over lines, for reading. Not a parser: text that is no JSON gives nil, at the
/// first sign.
enum PrettyJSON {
  /// The largest text laid out; beyond it a value is shown as it came.
  static let maximumBytes = 262_144
  /// Deeper nesting than this is not laid out.
  private static let maximumDepth = 64

  static func lines(_ text: String) -> [String]? {
    guard text.utf8.count <= maximumBytes, let first = text.first(where: { !$0.isWhitespace }),
      first == "{" || first == "["
    else { return nil }
    var layout = Layout()
    for scalar in text.unicodeScalars {
      guard layout.take(scalar) else { return nil }
    }
    return layout.finished()
  }

  private struct Layout {
    private var lines: [String] = []
    private var line = ""
    private var open: [Unicode.Scalar] = []
    private var isInString = false
    private var isEscaped = false
    /// Whether a bracket was just opened: an empty one stays on its line.
    private var isFresh = false

    /// False where the text cannot be JSON.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      if isInString {
        line.unicodeScalars.append(scalar)
        if isEscaped {
          isEscaped = false
        } else if scalar == "\\" {
          isEscaped = true
        } else if scalar == "\"" {
          isInString = false
        }
        return true
      }
      switch scalar {
      case " ", "\n", "\r", "\t": return true
      case "{", "[":
        breakIfFresh()
        line.unicodeScalars.append(scalar)
        open.append(scalar)
        isFresh = true
        return open.count <= PrettyJSON.maximumDepth
      case "}", "]":
        guard open.popLast() == (scalar == "}" ? "{" : "[") else { return false }
        if !isFresh { newLine() }
        isFresh = false
        line.unicodeScalars.append(scalar)
      case ",":
        guard !open.isEmpty else { return false }
        line.append(",")
        newLine()
      case ":": line.append(": ")
      default:
        guard !open.isEmpty else { return false }
        breakIfFresh()
        line.unicodeScalars.append(scalar)
        if scalar == "\"" { isInString = true }
      }
      return true
    }

    private mutating func breakIfFresh() {
      guard isFresh else { return }
      isFresh = false
      newLine()
    }

    private mutating func newLine() {
      lines.append(line)
      line = String(repeating: "  ", count: open.count)
    }

    func finished() -> [String]? {
      open.isEmpty && !isInString ? lines + [line] : nil
    }
  }
}
