import Store
import Support
import Testing

@testable import TUI

@Suite("Who is affected, whole screens")
struct GroupScreenTests {
  private static let small = Size(rows: 24, columns: 80)

  @Test(
    "Traces grouped by tenant", arguments: ListScreenTests.sizes + [Size(rows: 15, columns: 60)])
  func table(size: Size) throws {
    var driver = ScreenDriver(Gateway.traces, size: size)
    driver.press("b")
    try expectScreen(driver.screen, "groups-\(size.columns)x\(size.rows)")
  }

  @Test("Without a trace it says what would stand here", arguments: ListScreenTests.sizes)
  func empty(size: Size) throws {
    var driver = ScreenDriver(size: size)
    driver.press("b")
    try expectScreen(driver.screen, "groups-empty-\(size.columns)x\(size.rows)")
  }

  @Test("Hostile values and huge figures keep the columns", arguments: ListScreenTests.sizes)
  func hostile(size: Size) throws {
    let values = [
      "\u{1B}[31mred", "\u{202E}evil", String(repeating: "x", count: 4_000), "注文", "\n",
    ]
    let traces = FacetScreenTests.traces(10) { number in
      ("GET", [("tenant.id", values[Int(number) % values.count])], number % 5 == 0)
    }.map { spans in
      spans.map { span in
        var span = span
        span.end = UnixNanos(.max)
        span.attributes.append(Attribute("llm.usage.total_tokens", .int(.max)))
        span.attributes.append(Attribute("gen_ai.usage.cost", .double(1e300)))
        return span
      }
    }
    var driver = ScreenDriver(traces, size: size)
    driver.press("b")
    #expect(!driver.screen.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    try expectScreen(driver.screen, "groups-hostile-\(size.columns)x\(size.rows)")
  }

  @Test("Enter shows the traces of a group; Esc comes back to it with the filter from before")
  func drilled() throws {
    var driver = ScreenDriver(FacetScreenTests.failing, size: Self.small)
    driver.press("b", "j")
    let line = try #require(driver.state.groups?.selected)
    driver.press("Enter")
    #expect(driver.state.screen == .traces)
    #expect(driver.state.filter.text == "tenant=\(line.row.value ?? "")")
    #expect(driver.state.list.count == line.row.traces)
    driver.press("Esc")
    #expect(driver.state.screen == .groups)
    #expect(driver.state.filter.isEmpty)
    #expect(driver.state.groups?.selected == line)
    driver.press("q")
    #expect(driver.state.screen == .traces)
    #expect(driver.effects.last { if case .groups = $0 { true } else { false } } == .groups(nil))
  }

  @Test(
    "Enter shows as many traces as the row counts, whatever other names they have and in any window",
    arguments: [0, 2])
  func drilledAsCounted(narrowings: Int) throws {
    let captured = try CapturedStore.load(["plano", "contextforge"])
    var app = HeadlessApp(store: captured.store, now: captured.now)
    app.press("b")
    for _ in 0..<narrowings { app.press("[") }
    var (rows, names) = (0, 0)
    for _ in 0..<9 {
      for index in (app.state.groups?.lines ?? []).indices {
        let line = try #require(app.state.groups?.selected)
        #expect(app.state.groups?.index == index)
        app.press("Enter")
        #expect(app.state.screen == .traces)
        #expect(app.state.list.count == line.row.traces, "\(app.text.prefix(200))")
        rows += 1
        if app.state.filter.chip != nil { names += 1 }
        app.press("Esc")
        #expect(app.state.groups?.selected == line)
        app.press("j")
      }
      app.press("b")
    }
    #expect(rows > 20)
    #expect(narrowings > 0 ? names == rows : names > 0 && names < rows)
  }

  @Test("b goes through the keys, those of the facets too; s sorts; the window narrows and widens")
  func keys() {
    var driver = ScreenDriver(FacetScreenTests.failing, size: Self.small)
    driver.press("f", "Esc", "b", "B")
    #expect(driver.state.groups?.key.description == "cloud.region")
    #expect(driver.state.groups?.lines.first?.row.value == "west")
    driver.press("s", "s", "s")
    #expect(driver.state.groups?.column == .p50)
    driver.press("S")
    #expect(driver.state.groups?.isReversed == true)
    driver.press("b")
    #expect(driver.state.groups?.key.description == "tenant")
    driver.press("]")
    #expect(driver.state.notice?.text == "the window is all already")
    driver.press("[", "[", "[", "[")
    #expect(driver.state.groups?.window == .minute)
    #expect(driver.state.groups?.table?.traces == 90)
  }

  @Test("The selection stays on its value, and a table on hold does not change")
  func held() {
    var driver = ScreenDriver(FacetScreenTests.failing, size: Self.small)
    driver.press("b", "j", "Space")
    let before = driver.state.groups?.selected
    driver.receive(
      FacetScreenTests.traces(40) { number in
        ("GET /cart", [("tenant.id", "globex")], number % 2 == 0)
      }.map {
        $0.map { span in
          var span = span
          span.traceID.high = 7
          return span
        }
      })
    #expect(driver.state.groups?.selected == before)
    driver.press("Space")
    #expect(driver.state.groups?.selected?.row.value == before?.row.value)
    #expect(driver.state.groups?.table?.traces == 130)
  }
}
