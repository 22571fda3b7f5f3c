import Store
import Testing

@testable import tracetop

@Suite("Options")
struct OptionTests {
  @Test(
    "Sizes are read in every unit and in powers of 1,024",
    arguments: [
      ("512MiB", 536_870_912), ("512mib", 536_870_912), ("2GiB", 2_147_483_648),
      ("2G", 2_147_483_648),
      ("1.5k", 1_536), ("64KiB", 65_536), ("65536", 65_536), ("65536B", 65_536),
    ])
  func sizes(text: String, bytes: Int) {
    #expect(MemorySize(argument: text)?.bytes == bytes)
  }

  @Test(
    "What is no size is refused",
    arguments: ["", "MiB", "-1M", "12 MiB", "1e3", "0", "9999999TiB", "12q"])
  func nonsenseSizes(text: String) {
    #expect(MemorySize(argument: text) == nil)
  }

  @Test(
    "An age is a whole number and a unit",
    arguments: [("30s", 30), ("5m", 300), ("2h", 7_200), ("1d", 86_400), ("1w", 604_800)])
  func ages(text: String, seconds: UInt64) throws {
    #expect(try Age(text).length == .seconds(seconds))
  }

  @Test(
    "Nonsense for an age is said, and what was expected",
    arguments: ["", "m", "5", "-5m", "+5m", "1.5h", "5 m", "5y", "bogus", "99999999999999999w"])
  func nonsenseAges(text: String) {
    #expect(
      throws: Failure(
        "Invalid --since \"\(text)\": expected a number and s, m, h, d or w, such as 15m.")
    ) { try Age(text) }
  }

  @Test("A target is last, any, 8 or 32 hexadecimal digits of either case")
  func targets() throws {
    let id = TraceID(high: 0x7f3a_9c2e_51d0_4be8, low: 0xa01f_22c9_d1e0_aa37)
    #expect(try TraceTarget("last") == .last)
    #expect(try TraceTarget("any") == .any)
    #expect(try TraceTarget("7F3a9c2e") == .short(0x7f3a_9c2e))
    #expect(try TraceTarget("7F3A9C2E51D04BE8A01F22C9D1E0AA37") == .full(id))
    #expect(try TraceTarget("7f3a9c2e").selects(id))
    #expect(try !TraceTarget("7f3a9c2f").selects(id))
  }

  @Test(
    "A target that is none is refused in Plano's words",
    arguments: [
      ("abc", "Trace ID must be 8 or 32 hex characters."),
      ("00000000", "Short trace ID must be 8 hex characters."),
      ("+1234567", "Short trace ID must be 8 hex characters."),
      ("zzzzzzzz", "Short trace ID must be 8 hex characters."),
      (String(repeating: "0", count: 32), "Trace ID must be 32 hex characters."),
      (String(repeating: "g", count: 32), "Trace ID must be 32 hex characters."),
    ])
  func nonsenseTargets(text: String, message: String) {
    #expect(throws: Failure(message)) { try TraceTarget(text) }
  }
}
