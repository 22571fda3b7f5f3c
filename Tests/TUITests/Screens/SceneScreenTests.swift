import Store
import Testing

@testable import TUI

/// Five requests out of the captures that show what the explorer is for: each in the list, as a
/// waterfall and in the tables of routes and filters. Scripts/screenshots takes pictures of the same.
@Suite("Five requests, whole screens")
struct SceneScreenTests {
  static let names = [
    "plano-filters", "plano-switch", "plano-reject", "forge-tool-100", "forge-denied",
  ]
  static let scenes = GatewayScreenTests.scenes.filter { names.contains($0.name) }

  private func driver(
    _ scenes: [GatewayScreenTests.Scene], _ size: Size, isASCII: Bool = false
  ) -> ScreenDriver {
    let traces = scenes.map { Captures.trace($0.trace) }
    return ScreenDriver(traces, size: size, now: Captures.moment(after: traces)) {
      $0.isASCII = isASCII
    }
  }

  @Test("There are five of them")
  func five() { #expect(Self.scenes.count == 5) }

  @Test("In the list, with the preview", arguments: scenes, GatewayScreenTests.sizes)
  func list(scene: GatewayScreenTests.Scene, size: Size) throws {
    let driver = driver([scene], size)
    try expectScreen(driver.screen, "\(scene.name)-list-\(size.columns)x\(size.rows)")
  }

  @Test("In the tables of routes and filters", arguments: scenes, GatewayScreenTests.sizes)
  func routes(scene: GatewayScreenTests.Scene, size: Size) throws {
    var driver = driver([scene], size)
    driver.press("r", "]", "]", "]")
    try expectScreen(driver.screen, "\(scene.name)-routes-\(size.columns)x\(size.rows)")
  }

  @Test("Wide: the waterfall beside the details", arguments: scenes)
  func wide(scene: GatewayScreenTests.Scene) throws {
    var driver = driver([scene], Size(rows: 50, columns: 200))
    driver.press("Enter")
    for key in scene.keys { driver.press(key) }
    try expectScreen(driver.screen, "\(scene.name)-200x50")
  }

  @Test("In plain ASCII: waterfall and tables", arguments: scenes)
  func ascii(scene: GatewayScreenTests.Scene) throws {
    var driver = driver([scene], Size(rows: 24, columns: 80), isASCII: true)
    driver.press("r", "]", "]", "]")
    let tables = driver.screen
    driver.press("t", "Enter")
    for key in scene.keys { driver.press(key) }
    let isPlain = (tables + driver.screen).unicodeScalars.allSatisfy(\.isASCII)
    #expect(isPlain)
    try expectScreen(tables, "\(scene.name)-routes-ascii-80x24")
    try expectScreen(driver.screen, "\(scene.name)-ascii-80x24")
  }

  @Test("A model call's details in plain ASCII")
  func call() throws {
    var driver = driver([Self.scenes[0]], Size(rows: 24, columns: 80), isASCII: true)
    driver.press("Enter", "/")
    driver.type("gpt-5")
    driver.press("Enter", "Tab")
    try expectScreen(driver.screen, "call-model-ascii-80x24")
  }

  @Test("Without colours nothing is told by colour alone", arguments: scenes)
  func monochrome(scene: GatewayScreenTests.Scene) {
    // What the styles say is in the text, too: the row of a failure has its letter or its sign.
    var driver = driver([scene], Size(rows: 40, columns: 120))
    driver.press("Enter")
    guard scene.keys == ["e"] else { return }
    driver.press("e")
    #expect(driver.screen.contains(" D ") || driver.screen.contains("✗"))
  }
}
