import Store
import Support
import Testing

@testable import TUI

@Suite("Facets, whole screens")
struct FacetScreenTests {
  private static let small = Size(rows: 24, columns: 80)

  static func traces(
    _ count: UInt64, _ make: (UInt64) -> (name: String, attributes: [(String, String)], fails: Bool)
  ) -> [[SpanRecord]] {
    (1...count).map { number in
      let (name, attributes, fails) = make(number)
      let start = Gateway.now - 60.s + (Int(number) * 10).ms
      return TraceBuilder(number: number, start: start) {
        root(name, (10 + Int(number)).ms, service: "checkout").status(fails ? .error : .unset)
      }.spans.map { span in
        var span = span
        span.attributes = attributes.map { Attribute($0.0, .string($0.1)) }
        return span
      }
    }
  }

  /// Traces of which those of one region fail.
  static let failing = traces(90) { number in
    let region = ["north", "south", "west"][Int(number % 3)]
    let attributes = [
      ("cloud.region", region), ("tenant.id", number % 2 == 0 ? "acme" : "globex"),
      ("order.id", "order \(number)"), ("build", "7"),
    ]
    return ("GET /cart", attributes, region == "west" && number % 4 != 0)
  }

  @Test("The facets beside the list", arguments: ListScreenTests.sizes)
  func pane(size: Size) throws {
    var driver = ScreenDriver(Gateway.traces, size: size)
    driver.press("f", "j", "j")
    try expectScreen(driver.screen, "facets-\(size.columns)x\(size.rows)")
  }

  @Test("On the smallest screen the facets have all of it")
  func smallest() throws {
    var driver = ScreenDriver(Gateway.traces, size: Size(rows: 15, columns: 60))
    driver.press("f")
    try expectScreen(driver.screen, "facets-60x15")
  }

  @Test("Hostile and endless values are shown as what they are", arguments: ListScreenTests.sizes)
  func hostile(size: Size) throws {
    let values = [
      "\u{1B}[31mred\u{7}", "\u{202E}evil", "", String(repeating: "x", count: 5_000), "注文を処理する",
      "a\nb", "👩‍👩‍👧 family",
    ]
    let traces = Self.traces(28) { number in
      let value = values[Int(number) % values.count]
      return ("GET", [("k\u{1B}]0;x", value), ("tenant.id", value)], number % 7 == 3)
    }
    var driver = ScreenDriver(traces, size: size)
    driver.press("f", "j")
    #expect(!driver.screen.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    try expectScreen(driver.screen, "facets-hostile-\(size.columns)x\(size.rows)")
  }

  @Test("Without a trace the facets say so", arguments: ListScreenTests.sizes)
  func empty(size: Size) throws {
    var driver = ScreenDriver(size: size)
    driver.press("f")
    try expectScreen(driver.screen, "facets-empty-\(size.columns)x\(size.rows)")
  }

  @Test(
    "What tells failing traces from others comes first, what all have or each has another of not")
  func splitting() throws {
    var driver = ScreenDriver(Self.failing, size: Self.small)
    driver.press("f")
    let facets = try #require(driver.state.facets.table?.facets)
    #expect(facets.map(\.key.description) == ["verdict", "cloud.region", "tenant"])
    #expect(facets[1].tellsErrors)
    #expect(!facets[2].tellsErrors)
    #expect(facets[1].values.first == FacetTable.Value(text: "west", traces: 30, errors: 23))
  }

  @Test("= keeps the value, ! takes it out, u undoes, and the counts follow the filter")
  func narrowing() {
    var driver = ScreenDriver(Self.failing, size: Self.small)
    driver.press("f", "j", "j", "j", "j")
    #expect(driver.state.facets.selected?.value?.text == "west")
    driver.press("=")
    #expect(driver.state.filter.text == "cloud.region=west")
    #expect(driver.state.list.count == 30)
    #expect(driver.state.facets.table?.traces == 30)
    #expect(driver.state.screen == .facets)
    driver.press("u")
    #expect(driver.state.facets.table?.traces == 90)
    driver.press("!")
    #expect(driver.state.filter.text.hasPrefix("cloud.region!="))
    driver.press("u", "Esc")
    #expect(driver.state.screen == .traces)
  }

  @Test("Enter on a value applies it and goes back to the list, on a key it opens the table")
  func entering() {
    var driver = ScreenDriver(Self.failing, size: Self.small)
    driver.press("f", "j", "Enter")
    #expect(driver.state.screen == .traces)
    #expect(driver.state.filter.text == "verdict=ok")
    driver.press("u", "f", "g", "Enter")
    #expect(driver.state.screen == .groups)
    #expect(driver.state.groups?.key.description == "verdict")
  }

  @Test("The selection stays on its value when counts change the order")
  func anchored() {
    var driver = ScreenDriver(Self.failing, size: Self.small)
    driver.press("f", "j", "j", "j", "j")
    #expect(driver.state.facets.selected?.value?.text == "west")
    let more = Self.traces(200) { number in
      ("GET /cart", [("cloud.region", "north"), ("tenant.id", "acme")], number % 2 == 0)
    }.map { spans in
      spans.map { span in
        var span = span
        span.traceID.high = 7
        return span
      }
    }
    driver.receive(more)
    #expect(driver.state.facets.selected?.value?.text == "west")
    #expect(driver.state.facets.selected?.facet.key.description == "cloud.region")
  }

  @Test("A wide screen shows them by itself; f closes them and they stay closed")
  func wide() {
    var driver = ScreenDriver(Gateway.traces, size: Size(rows: 50, columns: 200))
    #expect(driver.state.showsFacets)
    driver.press("f", "f")
    #expect(!driver.state.showsFacets)
    #expect(driver.effects.last == .facets(false))
    #expect(driver.state.screen == .traces)
    driver.press("f")
    #expect(driver.state.showsFacets)
  }

  @Test("While a trace is open nobody counts facets")
  func covered() {
    var driver = ScreenDriver(Gateway.traces, size: Size(rows: 50, columns: 200))
    driver.press("Enter")
    #expect(driver.effects.contains(.facets(false)))
    driver.press("q")
    #expect(driver.effects.last { if case .facets = $0 { true } else { false } } == .facets(true))
  }

  @Test("A click goes to the value, a double click applies it, the wheel scrolls")
  func mouse() {
    var driver = ScreenDriver(Self.failing, size: Self.small)
    driver.press("f")
    let row = (0..<24).first { driver.row($0).contains("west") } ?? 0
    driver.mouse(.press, row: row, column: 6)
    #expect(driver.state.facets.selected?.value?.text == "west")
    driver.mouse(.wheelDown, row: row, column: 6)
    driver.mouse(
      .doubleClick, row: (0..<24).first { driver.row($0).contains("west") } ?? 0, column: 6)
    #expect(driver.state.filter.text == "cloud.region=west")
  }
}
