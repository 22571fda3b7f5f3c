/// What `when` of a conditional attribute says: equality of `tool.name` with a text, or nothing.
///
/// The original splits at the first `==`; the left side must be `tool.name` and nothing else; the right
/// side loses white space, then all double quotes at both ends, then all single ones, whether they match
/// or not. Everything else is false and says nothing.
public enum ToolCondition: Equatable, Sendable {
  case never
  case toolIs(String)

  public init(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    guard
      let split = scalars.indices.dropLast().first(where: {
        scalars[$0] == "=" && scalars[$0 + 1] == "="
      }),
      Self.text(Self.stripped(scalars[..<split], Self.isSpace)) == "tool.name"
    else {
      self = .never
      return
    }
    let unspaced = Self.stripped(scalars[(split + 2)...], Self.isSpace)
    let unquoted = Self.stripped(unspaced) { $0 == "\"" }
    self = .toolIs(Self.text(Self.stripped(unquoted) { $0 == "'" }))
  }

  public func holds(forTool tool: String?) -> Bool {
    // By bytes: two texts that only look the same are two names.
    if case .toolIs(let name) = self, let tool { name.utf8.elementsEqual(tool.utf8) } else { false }
  }

  private static func stripped(
    _ scalars: ArraySlice<Unicode.Scalar>, _ isStripped: (Unicode.Scalar) -> Bool
  ) -> ArraySlice<Unicode.Scalar> {
    var scalars = scalars.drop(while: isStripped)
    while let last = scalars.last, isStripped(last) { scalars.removeLast() }
    return scalars
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// What Python's `str.strip()` takes away: white space, and the four separators of ASCII.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(scalar)
  }
}
