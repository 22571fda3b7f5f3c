import Store
import Testing

@testable import TUI

@Suite("What gateways really send, whole screens")
struct GatewayScreenTests {
  /// A request out of the captures, and what is selected before the screen is looked at.
  struct Scene: Sendable, CustomTestStringConvertible {
    var name: String
    var trace: String
    var keys: [String] = []
    var testDescription: String { name }
  }

  static let scenes = [
    Scene(name: "plano-filters", trace: "6d8a7ecae6aafed5c00b53be7c9a7bfc"),
    Scene(name: "plano-switch", trace: "ed0c205884dcb0b508bd2558a00d2730"),
    Scene(name: "plano-reject", trace: "8ff78584133ee01d8834ef92d89d3549", keys: ["e"]),
    Scene(name: "plano-mcp", trace: "fba3fec76ca387b5bafe9bd120c5d152"),
    Scene(name: "plano-outfilter", trace: "b487eb7770fb9ae87432cea74a46b432"),
    Scene(name: "forge-tool", trace: "c7672b718d672bb17a017c4ae6ea7fbe"),
    Scene(name: "forge-tool-100", trace: "5c5b88585208716e87d4f80851093efc"),
    Scene(name: "forge-denied", trace: "17e394f18923b808271f721aa67dc4a2", keys: ["e"]),
    Scene(name: "forge-denied-100", trace: "8fef05875a825ce5bb4d14dac6600498", keys: ["e"]),
  ]
  static let sizes = [Size(rows: 24, columns: 80), Size(rows: 40, columns: 120)]

  private func driver(_ ids: [String], size: Size) -> ScreenDriver {
    let traces = ids.map(Captures.trace)
    return ScreenDriver(traces, size: size, now: Captures.moment(after: traces))
  }

  @Test("A waterfall with its groups", arguments: scenes, sizes)
  func waterfall(scene: Scene, size: Size) throws {
    var driver = driver([scene.trace], size: size)
    driver.press("Enter")
    for key in scene.keys { driver.press(key) }
    try expectScreen(driver.screen, "\(scene.name)-\(size.columns)x\(size.rows)")
  }

  @Test("The list with each request's line", arguments: scenes)
  func preview(scene: Scene) throws {
    let driver = driver([scene.trace], size: Size(rows: 24, columns: 80))
    let lines = (19...21).map { driver.row($0) }
    try expectScreen(lines.joined(separator: "\n"), "preview-\(scene.name)")
  }

  @Test(
    "The list of them all",
    arguments: sizes + [Size(rows: 50, columns: 200), Size(rows: 15, columns: 60)])
  func list(size: Size) throws {
    let driver = driver(Self.scenes.map(\.trace), size: size)
    try expectScreen(driver.screen, "gateways-\(size.columns)x\(size.rows)")
  }

  @Test("A model call's details", arguments: sizes)
  func call(size: Size) throws {
    var driver = driver([Self.scenes[0].trace], size: size)
    driver.press("Enter", "/")
    driver.type("gpt-5")
    driver.press("Enter", "Tab")
    try expectScreen(driver.screen, "call-model-\(size.columns)x\(size.rows)")
  }
}
