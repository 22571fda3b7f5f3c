import Store
import Support
import Testing

@testable import TUI

@Suite("Routes and filters, whole screens of captured traffic")
struct RouteScreenTests {
  static let sizes = ListScreenTests.sizes + [Size(rows: 15, columns: 60)]

  /// The screen over everything that Plano and ContextForge sent, whenever that was.
  static func opened(
    _ size: Size, _ folders: [String] = ["plano", "contextforge"], isASCII: Bool = false
  ) throws -> HeadlessApp {
    let captured = try CapturedStore.load(folders)
    var options = ExplorerOptions()
    options.isASCII = isASCII
    var app = HeadlessApp(store: captured.store, size: size, now: captured.now, options: options)
    app.press("r", "]", "]", "]")
    return app
  }

  @Test("Both gateways", arguments: sizes)
  func mixed(size: Size) throws {
    try expectScreen(try Self.opened(size).text, "routes-\(size.columns)x\(size.rows)")
  }

  @Test("A column stands whole or not at all, however wide the screen is")
  func whole() throws {
    var app = try Self.opened(Size(rows: 24, columns: 120))
    for columns in 60...120 {
      app.send(.key(.resize(Size(rows: 24, columns: columns))))
      let layout = try #require(app.state.routes.map { RoutesView.layout($0, app.state.size) })
      for block in layout.blocks {
        let routes = try #require(app.state.routes)
        let placed = RoutesView.columns(
          of: block.pane, routes, block,
          Turn(state: app.state, snapshot: app.snapshot, now: app.now).context)
        let end = try #require(placed.last.map { $0.start + $0.width })
        #expect(end < block.rows.column + block.rows.columns, "\(block.pane) at \(columns)")
        #expect(placed.allSatisfy { $0.width >= $0.column.width ?? 1 })
      }
    }
  }

  @Test("ContextForge alone", arguments: ListScreenTests.sizes)
  func contextForge(size: Size) throws {
    let app = try Self.opened(size, ["contextforge"])
    try expectScreen(app.text, "routes-contextforge-\(size.columns)x\(size.rows)")
  }

  @Test("The chain with the keys, and the denials, on a small screen")
  func focused() throws {
    var app = try Self.opened(Size(rows: 24, columns: 80))
    app.press("Tab", "Tab")
    try expectScreen(app.text, "routes-filters-80x24")
    app.press("Tab", "j")
    try expectScreen(app.text, "routes-denials-80x24")
    app.press("\\")
    try expectScreen(app.text, "routes-denials-alone-80x24")
  }

  @Test("Plain ASCII has the same layout")
  func ascii() throws {
    let app = try Self.opened(Size(rows: 24, columns: 80), isASCII: true)
    try expectScreen(app.text, "routes-ascii-80x24")
  }

  @Test("The traces behind a figure, under a name where no filter says which")
  func drilled() throws {
    var app = try Self.opened(Size(rows: 24, columns: 80))
    app.press("Tab", "Tab", "j", "j", "j", "l", "l", "l")
    // The last row has the keys: u is there once there is something to undo.
    let before = app.text.split(separator: "\n").dropLast()
    app.press("Enter")
    try expectScreen(app.text, "routes-traces-80x24")
    #expect(app.state.list.count == 6)
    app.press("j", "Enter", "Esc", "Esc")
    #expect(app.text.split(separator: "\n").dropLast() == before)
    app.press("h", "h", "h", "h", "=", "t")
    #expect(app.state.screen == .traces)
    #expect(app.state.filter.text.contains("SchemaGuardPlugin"))
    app.press("u")
    #expect(app.state.filter.isEmpty)
  }

  @Test("The selection stays on its row while history is read and its figures change")
  func anchored() throws {
    let captured = try CapturedStore.load(["plano"])
    var app = HeadlessApp(store: captured.store, now: captured.now)
    app.routeSlice = 20
    app.press("r", "]", "]", "]", "j", "j")
    let row = app.state.routes?.selectedLine?.row
    #expect(row != nil)
    #expect(app.text.contains(" read"))
    for _ in 0..<20 {
      app.refresh()
      #expect(app.state.routes?.selectedLine?.row == row)
    }
    #expect(app.state.routes?.table?.isComplete == true)
  }

  @Test("The keys of the screen")
  func help() throws {
    var app = try Self.opened(Size(rows: 40, columns: 120))
    app.press("?")
    try expectScreen(app.text, "routes-help-120x40")
  }
}
