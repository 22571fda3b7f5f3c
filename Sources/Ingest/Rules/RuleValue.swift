/// A value that a rule gives: the kinds that both gateways' configurations allow.
public enum RuleValue: Equatable, Sendable {
  case string(String)
  case integer(Int64)
  case double(Double)
  case boolean(Bool)
}
