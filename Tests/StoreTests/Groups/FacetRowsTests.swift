import Support
import Testing

@testable import Store

@Suite("What rows say under the keys that could be facets")
struct FacetRowsTests {
  /// Spans of traces that come mixed, with keys that all of them have, half of them, few, twice, and with
  /// values of every kind.
  private static func spans(_ random: inout SplitMix64, _ batch: UInt64) -> [SpanRecord] {
    (UInt64(0)..<250).map { id in
      let number = batch * 20 + random.number(1...60)
      var span = StoreScene.span(number, batch * 250 + id + 1)
      span.resource.attributes.append(
        Attribute("host", .string("host-\(random.number(0...50) as Int)")))
      span.resource.attributes.append(Attribute("zone", .string("z\(number % 3)")))
      span.attributes = (0..<10).map {
        Attribute("full.\($0)", .string("v\(random.number(0...(3 + $0 * 5)) as Int)"))
      }
      func add(_ key: String, _ percent: Int, _ value: AttributeValue) {
        if random.chance(percent) { span.attributes.append(Attribute(key, value)) }
      }
      add("half", 50, .bool(random.chance(50)))
      add("rare", 3, .string("r\(number % 7)"))
      add("twice", 30, .int(random.number(0...4)))
      add("twice", 30, .int(random.number(0...4)))
      add("same", 20, .string("always"))
      add("share", 40, .double(Double(random.number(0...5) as Int) / 4))
      add("cost", 40, .double(Double(random.number(0...1_000_000) as Int) / 1e8))
      add("pod", 25, .string("pod-\(random.number(0...90) as Int)"))
      add("host", 1, .string("host-\(random.number(40...70) as Int)"))
      add("word", 25, .string(["été", "e\u{301}te\u{301}", "winter"][random.number(0...2)]))
      return span
    }
  }

  private static func values(
    _ matrix: FacetMatrix, _ column: FacetColumn, _ number: UInt64
  ) -> Set<String> {
    var codes: [UInt32] = []
    if let found = column.codes {
      found.forEach(of: number) { codes.append($0) }
    } else {
      let place = matrix.place(of: number)
      codes = column.bits.indices.dropFirst(2).filter {
        let bit = column.bits[$0]
        return matrix.bands[bit >> 6][place] >> UInt64(bit & 63) & 1 == 1
      }.map { UInt32($0) }
      let any = column.bits.first.map {
        matrix.bands[$0 >> 6][place] >> UInt64($0 & 63) & 1 == 1
      }
      #expect(any ?? false == !codes.isEmpty)
    }
    return Set(codes.compactMap { column.values.text($0) })
  }

  @Test("Each trace has the values of its spans and resources, wherever its rows stand")
  func values() {
    var random = SplitMix64.announced("facets, rows")
    let scene = StoreScene(rowsPerSegment: 2_500)
    let early = random.number(1...9) as UInt64
    for batch in 0..<early { scene.receive(Self.spans(&random, batch)) }
    // Some rows are looked at while their segment is open, and the others when it is packed.
    let first = scene.snapshot()
    let matrix = FacetMatrix(first)
    while matrix.lookBack(first) {}
    for batch in early..<24 { scene.receive(Self.spans(&random, batch)) }
    let snapshot = scene.snapshot()
    #expect(snapshot.sealed.count == 2)
    let fresh = FacetMatrix(snapshot)
    while fresh.lookBack(snapshot) {}
    matrix.begin(snapshot, TraceFigures(joinsTraces: false))
    while matrix.followRows(snapshot) {}

    var expected: [String: [UInt64: Set<String>]] = [:]
    for number in snapshot.traceNumbers {
      for row in snapshot.spans(of: TraceNumber(number)) {
        guard let record = snapshot.record(of: row.reference) else { continue }
        for attribute in record.attributes + record.resource.attributes {
          expected[attribute.key, default: [:]][number, default: []]
            .insert(Comparison.text(of: attribute.value))
        }
      }
    }
    for matrix in [matrix, fresh] {
      var compared = 0
      for column in matrix.columns where column.isOfRows && !column.isGivenUp {
        guard case .attribute(let key, in: _) = column.field else { continue }
        compared += 1
        for number in snapshot.traceNumbers {
          let values = Self.values(matrix, column, number)
          guard values == expected[key]?[number] ?? [] else {
            Issue.record("\(key) of \(number): \(values), not \(expected[key]?[number] ?? [])")
            return
          }
        }
      }
      #expect(compared >= 16)
      #expect(matrix.bands.count > 4)
      #expect(matrix.columns.contains { $0.codes != nil })
    }
  }

  @Test("A text is the same value however it is written, and whoever asks for its code")
  func texts() {
    var values = GroupValues()
    let texts = ["", "k", "winter", String(repeating: "long ", count: 40), "ete\u{301}", "K"]
    let codes = texts.map { values.code(of: $0) }
    #expect(codes == [2, 3, 4, 5, 6, 7])
    #expect(values.code(of: "et\u{e9}") == 6)
    // The sign for kelvin is the letter.
    #expect(values.code(of: "\u{212A}") == 7)
    #expect(texts.map { values.code(of: $0) } == codes)
    #expect(codes.map { values.text($0) } == texts)
    for number in 0..<5_000 { #expect(values.code(of: "value \(number)") == UInt32(8 + number)) }
    #expect(values.code(of: "value 4711") == 8 + 4_711)
    #expect(values.count == 5_006)
  }
}
