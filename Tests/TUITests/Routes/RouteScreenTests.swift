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
    app.press("Tab", "Tab", "l", "l", "l", "Enter")
    try expectScreen(app.text, "routes-traces-80x24")
  }

  @Test("The keys of the screen")
  func help() throws {
    var app = try Self.opened(Size(rows: 40, columns: 120))
    app.press("?")
    try expectScreen(app.text, "routes-help-120x40")
  }
}
