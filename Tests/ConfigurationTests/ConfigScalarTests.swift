import Support
import Testing

@testable import Configuration

@Suite("Scalars of YAML")
struct ConfigScalarTests {
  @Test(
    "Plain scalars mean what PyYAML makes of them",
    arguments: [
      ("", .null), ("~", .null), ("null", .null), ("yes", .boolean(true)), ("Off", .boolean(false)),
      ("y", .string("y")), ("1", .integer(1)), ("-12", .integer(-12)), ("+3", .integer(3)),
      ("1_000", .integer(1_000)), ("0x1F", .integer(31)), ("0b101", .integer(5)),
      ("017", .integer(15)), ("0o17", .string("0o17")), ("08", .string("08")),
      ("1:30", .integer(90)), ("1:30.5", .double(90.5)), ("1.5", .double(1.5)),
      ("1.", .double(1)), (".5", .double(0.5)), ("1e3", .string("1e3")),
      ("1.0e3", .string("1.0e3")), ("1.0e+3", .double(1_000)), (".inf", .double(.infinity)),
      ("-", .string("-")), (".", .string(".")), ("1.2.3", .string("1.2.3")),
      ("9223372036854775808", .hugeInteger(isNegative: false)),
      ("-9223372036854775808", .integer(.min)),
      ("2026-11-21", .other("a date; put it in quotes")), ("hello", .string("hello")),
    ] as [(String, ConfigScalar)])
  func plain(text: String, expected: ConfigScalar) {
    #expect(ConfigScalar(plain: text) == expected)
  }

  @Test("Numbers and dates are what the expressions of PyYAML's resolver say")
  func shapes() {
    let float =
      /[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?/
    let integer =
      /[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+/
    let sexagesimal =
      /[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*/
    let date = /[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt \t].*/
    let parts = [
      "0", "1", "7", "9", "05", "59", "60", "_", "+", "-", ".", ":", "e", "E+", "e-1", "x", "0x",
      "0b",
      "a", "F", "2026", "-1-", "-11-2", "T", "\t", "1:30", "2026-11-21", " 10:00", "\n", "é",
    ]
    var random = SplitMix64.announced("plain scalars")
    for _ in 0..<20_000 {
      let text = (0..<random.number(1...5)).map { _ in random.pick(parts) }.joined()
      let expected: NumberShape? =
        if text.wholeMatch(of: float) != nil {
          .float
        } else if text.wholeMatch(of: integer) != nil {
          .integer
        } else if text.wholeMatch(of: sexagesimal) != nil {
          .sexagesimal
        } else if text.wholeMatch(of: date) != nil {
          .date
        } else {
          nil
        }
      #expect(NumberShape(text) == expected, "\(text.debugDescription)")
    }
  }
}
