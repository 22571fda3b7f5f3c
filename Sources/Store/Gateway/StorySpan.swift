/// A span whole, with what the vocabulary makes of it: what a story is told from.
public struct StorySpan: Equatable, Sendable {
  public var record: SpanRecord
  public var role: Role
  public var service: String
  public var evidence: Evidence

  public init(record: SpanRecord, role: Role, service: String, evidence: Evidence = []) {
    self.record = record
    self.role = role
    self.service = service
    self.evidence = evidence
  }

  /// Whether the span itself carries evidence of an error or a denial.
  public var hasError: Bool { !evidence.isDisjoint(with: .failure.union(.denial)) }
}
