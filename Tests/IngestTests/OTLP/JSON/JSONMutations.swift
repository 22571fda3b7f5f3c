import Support

/// Where the tokens of a JSON text stand: names, plain values, and the signs between them.
struct JSONTokens {
  enum Kind { case name, value, sign }

  let text: [UInt8]
  private(set) var tokens: [(kind: Kind, range: Range<Int>)] = []
  private(set) var names: [Int] = []
  private(set) var values: [Int] = []

  /// Reads text that is well-formed.
  init(_ text: [UInt8]) {
    self.text = text
    var at = 0
    while at < text.count {
      let start = at
      switch text[at] {
      case UInt8(ascii: "\""):
        at += 1
        while at < text.count, text[at] != UInt8(ascii: "\"") {
          at += text[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        at = min(at + 1, text.count)
        let isName = at < text.count && text[at] == UInt8(ascii: ":")
        add(isName ? .name : .value, start..<at)
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"),
        UInt8(ascii: ","), UInt8(ascii: ":"):
        at += 1
        add(.sign, start..<at)
      default:
        while at < text.count, !Self.ends(text[at]) { at += 1 }
        at = max(at, start + 1)
        add(.value, start..<at)
      }
    }
  }

  private mutating func add(_ kind: Kind, _ range: Range<Int>) {
    if kind == .name { names.append(tokens.count) }
    if kind == .value { values.append(tokens.count) }
    tokens.append((kind, range))
  }

  private static func ends(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }

  func bytes(of token: Int) -> ArraySlice<UInt8> { text[tokens[token].range] }

  func isSign(_ token: Int, _ sign: UInt8) -> Bool {
    tokens.indices.contains(token) && tokens[token].kind == .sign
      && text[tokens[token].range.lowerBound] == sign
  }

  /// The tokens of what follows a name: a plain value, or all of an object or an array.
  func member(_ name: Int) -> Range<Int> {
    var depth = 0
    var end = name + 2
    while end < tokens.count {
      if isSign(end, UInt8(ascii: "{")) || isSign(end, UInt8(ascii: "[")) { depth += 1 }
      if isSign(end, UInt8(ascii: "}")) || isSign(end, UInt8(ascii: "]")) { depth -= 1 }
      end += 1
      if depth <= 0 { break }
    }
    return name..<min(end, tokens.count)
  }
}

/// JSON text changed as a careless sender or a bad line might change it.
struct JSONMutations {
  private var random: SplitMix64
  private var bytes: Mutations

  init(random: SplitMix64) {
    self.random = random
    bytes = Mutations(random: SplitMix64(seed: self.random.next()))
  }

  /// Pieces of JSON that are put in place of others, or between them.
  private static let pieces = [
    "null", "[]", "{}", "true", "\"\"", "-1", "1e3", "1.5", "0.0", "-0", "01", "1e999", "NaN",
    "\"NaN\"", "\"-Infinity\"", "\"12\"", "18446744073709551615", "18446744073709551616",
    "-9223372036854775808", "\"1.0\"", "9007199254740993", "123456789012345678901234567890",
    "2.2250738585072011e-308", "1e-400", "[null]", "{\"x\":[1,{\"y\":null}]}", "\"\\u0041\"",
    "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\udc00x\"", "\"\\x\"", "\"SPAN_KIND_SERVER\"",
    "\"NO_SUCH_NAME\"", " ", "\n\t", ",", ":", "\"unknown\":1,", "\u{1}", "]", "}", "[", "{",
  ]

  /// One change: most often of a whole token or member, so that the text is still JSON and what changed
  /// is what it means.
  mutating func mutate(_ json: JSONTokens) -> [UInt8] {
    guard !json.names.isEmpty, !json.values.isEmpty else {
      return bytes.mutate(json.text, with: [])
    }
    switch random.number(0...9) as Int {
    case 0...2:
      return replacing(json, random.pick(json.values), with: Array(random.pick(Self.pieces).utf8))
    case 3:
      return replacing(
        json, random.pick(json.values), with: json.bytes(of: random.pick(json.values)))
    case 4:
      return replacing(json, random.pick(json.names), with: json.bytes(of: random.pick(json.names)))
    case 5: return twice(json, json.member(random.pick(json.names)))
    case 6: return without(json, json.member(random.pick(json.names)))
    case 7:
      // What was the value of one member is the value of another.
      let (from, to) = (json.member(random.pick(json.names)), json.member(random.pick(json.names)))
      let value = range(json, from.dropFirst(2))
      return replacing(json, range(json, to.dropFirst(2)), with: json.text[value])
    case 8:
      let at = json.tokens[random.number(0...json.tokens.count - 1)].range.lowerBound
      return replacing(json, at..<at, with: Array(random.pick(Self.pieces).utf8))
    default: return bytes.mutate(json.text, with: json.text)
    }
  }

  private func range(_ json: JSONTokens, _ tokens: Range<Int>) -> Range<Int> {
    guard let first = tokens.first, let last = tokens.last else { return 0..<0 }
    return json.tokens[first].range.lowerBound..<json.tokens[last].range.upperBound
  }

  private func replacing(
    _ json: JSONTokens, _ token: Int, with piece: some Sequence<UInt8>
  ) -> [UInt8] { replacing(json, json.tokens[token].range, with: piece) }

  private func replacing(
    _ json: JSONTokens, _ range: Range<Int>, with piece: some Sequence<UInt8>
  ) -> [UInt8] { json.text[..<range.lowerBound] + Array(piece) + json.text[range.upperBound...] }

  private func twice(_ json: JSONTokens, _ member: Range<Int>) -> [UInt8] {
    let range = range(json, member)
    return replacing(
      json, range, with: json.text[range] + [UInt8(ascii: ",")] + json.text[range])
  }

  private func without(_ json: JSONTokens, _ member: Range<Int>) -> [UInt8] {
    var member = member
    if json.isSign(member.upperBound, UInt8(ascii: ",")) {
      member = member.lowerBound..<member.upperBound + 1
    } else if json.isSign(member.lowerBound - 1, UInt8(ascii: ",")) {
      member = member.lowerBound - 1..<member.upperBound
    }
    return replacing(json, range(json, member), with: [])
  }
}
