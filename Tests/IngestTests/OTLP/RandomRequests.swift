import Store
import Support

/// Trace requests as bytes, written field by field: any order, repeated fields, unknown ones, odd ids.
struct RandomRequests {
  var random: SplitMix64

  init(_ random: SplitMix64) { self.random = random }

  mutating func request() -> [UInt8] {
    var fields = repeated(0...2) { $0.field(1, $0.resourceSpans()) }
    if random.chance(5) { fields.append(field(1, [])) }
    return message(fields)
  }

  // MARK: - Messages

  private mutating func resourceSpans() -> [UInt8] {
    message(
      singular { $0.field(1, $0.resource()) }
        + repeated(0...2) { $0.field(2, $0.scopeSpans()) }
        + singular { $0.field(3, $0.text()) })
  }

  private mutating func scopeSpans() -> [UInt8] {
    message(
      singular { $0.field(1, $0.scope()) }
        + repeated(0...3) { $0.field(2, $0.span()) }
        + singular { $0.field(3, $0.text()) })
  }

  private mutating func resource() -> [UInt8] {
    message(attributes(1) + singular { $0.varint(2, $0.number()) })
  }

  private mutating func scope() -> [UInt8] {
    message(
      singular { $0.field(1, $0.text()) } + singular { $0.field(2, $0.text()) } + attributes(3)
        + singular { $0.varint(4, $0.number()) })
  }

  private mutating func span() -> [UInt8] {
    var fields = [field(1, id(8) + id(8)), field(2, id(8))]
    if random.chance(4) { fields[random.number(0...1)] = field(random.number(1...2), oddID()) }
    if random.chance(3) { fields.removeLast() }
    fields += singular { $0.field(3, $0.text()) }
    fields += singular { $0.field(4, $0.random.chance(95) ? $0.id(8) : $0.oddID()) }
    fields += singular { $0.field(5, $0.text()) }
    fields += singular { $0.varint(6, $0.random.chance(90) ? $0.random.number(0...5) : $0.word()) }
    fields += singular { $0.fixed64(7, $0.word()) } + singular { $0.fixed64(8, $0.word()) }
    fields += attributes(9) + singular { $0.varint(10, $0.number()) }
    fields += repeated(0...2) { $0.field(11, $0.event()) } + singular { $0.varint(12, $0.number()) }
    fields += repeated(0...2) { $0.field(13, $0.link()) } + singular { $0.varint(14, $0.number()) }
    fields += singular { $0.field(15, $0.status()) }
    fields += singular { $0.fixed32(16, UInt32(truncatingIfNeeded: $0.word())) }
    return message(fields)
  }

  private mutating func event() -> [UInt8] {
    message(
      singular { $0.fixed64(1, $0.word()) } + singular { $0.field(2, $0.text()) } + attributes(3)
        + singular { $0.varint(4, $0.number()) })
  }

  private mutating func link() -> [UInt8] {
    message(
      singular { $0.field(1, $0.oddID()) } + singular { $0.field(2, $0.oddID()) }
        + singular { $0.field(3, $0.text()) } + attributes(4)
        + singular { $0.varint(5, $0.number()) }
        + singular { $0.fixed32(6, UInt32(truncatingIfNeeded: $0.word())) })
  }

  private mutating func status() -> [UInt8] {
    message(
      singular { $0.field(2, $0.text()) }
        + singular { $0.varint(3, $0.random.chance(90) ? $0.random.number(0...2) : $0.word()) })
  }

  private mutating func attributes(_ number: Int) -> [[UInt8]] {
    repeated(0...4) { $0.field(number, $0.keyValue(depth: 4)) }
  }

  private mutating func keyValue(depth: Int) -> [UInt8] {
    let keys = ["", "key", "key", "tenant.id", "llm.model", "name", "größe", "http.status_code"]
    return message(
      singular { random in random.field(1, Array(random.random.pick(keys).utf8)) }
        + singular { $0.field(2, $0.anyValue(depth: depth)) })
  }

  /// Now and then two values in one message, of which the last holds.
  private mutating func anyValue(depth: Int) -> [UInt8] {
    message(
      singular { random in
        switch random.random.number(0...(depth > 0 ? 7 : 5)) {
        case 0: []
        case 1: random.field(1, random.text())
        case 2: random.varint(2, random.random.number(0...2))
        case 3: random.varint(3, random.word())
        case 4: random.fixed64(4, random.word())
        case 5: random.field(7, random.blob(0...20))
        case 6:
          random.field(
            5, random.message(random.repeated(0...3) { $0.field(1, $0.anyValue(depth: depth - 1)) })
          )
        default:
          random.field(
            6, random.message(random.repeated(0...3) { $0.field(1, $0.keyValue(depth: depth - 1)) })
          )
        }
      })
  }

  // MARK: - Fields

  /// The fields in their order or in another one, with unknown ones among them.
  private mutating func message(_ fields: [[UInt8]]) -> [UInt8] {
    var fields = fields
    if random.chance(15) { fields.append(unknown(depth: 3)) }
    if random.chance(30) { fields.shuffle(using: &random) }
    return Array(fields.joined())
  }

  /// A field that may be missing, or there more than once.
  private mutating func singular(_ make: (inout Self) -> [UInt8]) -> [[UInt8]] {
    switch random.number(0...19) {
    case 0...3: []
    case 4: [make(&self), make(&self)]
    default: [make(&self)]
    }
  }

  private mutating func repeated(
    _ counts: ClosedRange<Int>, _ make: (inout Self) -> [UInt8]
  ) -> [[UInt8]] {
    (0..<random.number(counts)).map { _ in make(&self) }
  }

  private mutating func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    var writer = WireWriter()
    writer.bytes(number, content)
    return writer.bytes
  }

  private mutating func varint(_ number: Int, _ value: UInt64) -> [UInt8] {
    var writer = WireWriter()
    writer.varint(number, value)
    return writer.bytes
  }

  private mutating func fixed64(_ number: Int, _ value: UInt64) -> [UInt8] {
    var writer = WireWriter()
    writer.fixed64(number, value)
    return writer.bytes
  }

  private mutating func fixed32(_ number: Int, _ value: UInt32) -> [UInt8] {
    var writer = WireWriter()
    writer.fixed32(number, value)
    return writer.bytes
  }

  /// A field that no message of OTLP has, or one of another wire type than it should be.
  private mutating func unknown(depth: Int) -> [UInt8] {
    let number = random.chance(70) ? random.number(100...5_000) : random.number(9...17)
    switch random.number(0...(depth > 0 ? 4 : 3)) {
    case 0: return varint(number, word())
    case 1: return fixed64(number, word())
    case 2: return field(max(number, 100), blob(0...9))
    case 3: return fixed32(number, 7)
    default:
      var writer = WireWriter()
      writer.tag(number, 3)
      for _ in 0..<random.number(0...2) { writer.raw(unknown(depth: depth - 1)) }
      writer.tag(number, 4)
      return writer.bytes
    }
  }

  // MARK: - Values

  /// Few ids, so that spans share traces, come twice and have their parents.
  private mutating func id(_ count: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: count - 1) + [random.number(1...6)]
  }

  private mutating func oddID() -> [UInt8] {
    let count = random.pick([0, 1, 7, 8, 9, 15, 16, 17, 32])
    return random.chance(50) ? [UInt8](repeating: 0, count: count) : blob(count...count)
  }

  private mutating func text() -> [UInt8] {
    let texts = [
      "", "GET /cart", "東京", "flag \u{1F6A9}", "tab\tand\nline", "e\u{301}", "\u{0}",
      String(repeating: "x", count: 300),
    ]
    return Array(random.pick(texts).utf8)
  }

  private mutating func blob(_ counts: ClosedRange<Int>) -> [UInt8] {
    (0..<random.number(counts)).map { _ in random.number(0...255) }
  }

  private mutating func word() -> UInt64 { random.next() >> random.number(0...63) }

  private mutating func number() -> UInt64 { random.chance(50) ? 0 : word() & 0xFFFF_FFFF }
}
