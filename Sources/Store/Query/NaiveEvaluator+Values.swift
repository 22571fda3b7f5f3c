extension NaiveEvaluator {
  /// A value of a field, as its test compares it.
  enum Value: Equatable {
    case text(String)
    case count(UInt64)
    case number(Double)
    case boolean(Bool)
    case duration(Nanoseconds)
    case moment(UnixNanos)
    case attribute(AttributeValue)

    func satisfies(_ test: Filter.Test) -> Bool {
      switch self {
      // A name or service that is empty is no name; an attribute that is empty is there.
      case .text(let text): test == .exists ? !text.isEmpty : test.matches(text: text)
      case .count(let count): test.matches(count: count)
      case .number(let number): test.matches(double: number)
      case .boolean(let boolean): test.matches(boolean: boolean)
      case .duration(let duration): test.matches(duration: duration)
      case .moment(let moment): test == .exists ? moment.isSet : test.matches(moment: moment)
      case .attribute(let value): test.matches(value)
      }
    }
  }

  /// What the trace itself has under the field.
  func values(of field: Filter.Field) -> [Value] {
    let summary = facts.summary
    switch field {
    case .intrinsic(let intrinsic):
      switch intrinsic {
      case .verdict: return [.text(summary.verdict.name)]
      case .error: return [.boolean(facts.spans.contains(where: \.hasError))]
      case .traceDuration: return [.duration(summary.duration)]
      case .spans: return [.count(UInt64(summary.spanCount))]
      case .errors: return [.count(UInt64(summary.errorCount))]
      case .trace:
        // A request may have several traces.
        let others = Set(facts.spans.map(\.record.traceID)).subtracting([summary.id])
        return ([summary.id] + others).map { .text($0.hex) }
      case .rootName: return [.text(summary.rootName)]
      case .rootService: return [.text(summary.rootService)]
      default: return []
      }
    case .dimension(let dimension):
      switch dimension {
      case .tokens: return summary.tokens.map { [.count($0)] } ?? []
      case .tokensIn: return summary.tokensIn.map { [.count($0)] } ?? []
      case .tokensOut: return summary.tokensOut.map { [.count($0)] } ?? []
      case .cost: return summary.costUSD.map { [.number($0)] } ?? []
      case .timeToFirstToken: return summary.timeToFirstToken.map { [.duration($0)] } ?? []
      default: return []
      }
    case .attribute(let key, in: let place):
      let spans = place == .root ? facts.spans.filter(\.record.parentSpanID.isNone) : facts.spans
      return spans.flatMap { $0.record.attributesAnywhere.values(of: key) }
    }
  }

  /// What one span has under the field.
  func values(of field: Filter.Field, ofSpan index: Int) -> [Value] {
    let span = facts.spans[index]
    let record = span.record
    switch field {
    case .intrinsic(let intrinsic):
      switch intrinsic {
      case .name: return [.text(record.name)]
      case .service: return [.text(record.resource.serviceName ?? "")]
      case .kind: return [.text(record.kind.name)]
      case .status: return [.text(record.statusCode.name)]
      case .error: return [.boolean(span.hasError)]
      case .role: return [.text(span.role.name)]
      case .duration: return [.duration(record.duration)]
      case .start: return [.moment(record.start)]
      case .depth: return [.count(UInt64(family.depth(of: index)))]
      case .id: return [.text(record.spanID.hex)]
      case .scopeName: return [.text(record.scope.name)]
      case .scopeVersion: return [.text(record.scope.version)]
      case .eventName: return record.events.map { .text($0.name) }
      default: return []
      }
    case .dimension(let dimension):
      if let vocabulary = dimension.vocabulary {
        return span.dimensions[vocabulary]?.map { .text($0) } ?? []
      }
      switch dimension {
      case .tokens: return span.tokens.map { [.count($0)] } ?? []
      case .tokensIn: return span.tokensIn.map { [.count($0)] } ?? []
      case .tokensOut: return span.tokensOut.map { [.count($0)] } ?? []
      case .cost: return span.costUSD.map { [.number($0)] } ?? []
      case .timeToFirstToken: return span.timeToFirstToken.map { [.duration($0)] } ?? []
      default: return []
      }
    case .attribute(let key, in: let place):
      switch place {
      case .anywhere: return record.attributesAnywhere.values(of: key)
      case .span: return record.attributes.values(of: key)
      case .resource: return record.resource.attributes.values(of: key)
      case .scope: return record.scope.attributes.values(of: key)
      case .event: return record.events.flatMap { $0.attributes.values(of: key) }
      case .root, .trace: return []
      }
    }
  }
}

extension SpanRecord {
  /// Where a bare key is looked up: the span, its resource, its scope.
  var attributesAnywhere: [Attribute] { attributes + resource.attributes + scope.attributes }
}

extension [Attribute] {
  /// Every value under the key, which is compared by bytes.
  fileprivate func values(of key: String) -> [NaiveEvaluator.Value] {
    filter { $0.key.utf8.elementsEqual(key.utf8) }.map { .attribute($0.value) }
  }
}
