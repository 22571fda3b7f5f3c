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
}
