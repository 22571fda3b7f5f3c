import Store

/// What the rules do to values that have members: structured bodies of log records.
extension CustomizerStage {
  /// The value with what rules remove left out of it, and what they transform transformed, however deep
  /// it stands; nil where nothing of it is concerned.
  ///
  /// A key that is removed for one tool alone is removed here for all: a body does not say its tool.
  func hidden(in value: AttributeValue) -> AttributeValue? {
    guard !removedKeys.isEmpty || !chains.isEmpty else { return nil }
    var isChanged = false
    let result = hidden(value, &isChanged)
    return isChanged ? result : nil
  }

  private func hidden(_ value: AttributeValue, _ isChanged: inout Bool) -> AttributeValue {
    switch value {
    case .array(let values): return .array(values.map { hidden($0, &isChanged) })
    case .keyValues(let members):
      var kept: [Attribute] = []
      for member in members {
        guard !isRemoved(member.key) else {
          isChanged = true
          continue
        }
        kept.append(Attribute(member.key, transformed(member, &isChanged)))
      }
      return .keyValues(kept)
    default: return value
    }
  }

  private func isRemoved(_ key: String) -> Bool {
    removedKeys.contains(key)
      || rules.mapping.target(of: key).map { removedKeys.contains($0.1) } ?? false
  }

  private func transformed(_ member: Attribute, _ isChanged: inout Bool) -> AttributeValue {
    guard let chain = chains.first(where: { $0.field.utf8.elementsEqual(member.key.utf8) }),
      var text = PythonText.text(member.value)
    else { return hidden(member.value, &isChanged) }
    for (operation, _) in chain.steps {
      guard let changed = operation.apply(to: text, secret: secret) else { continue }
      text = changed
      isChanged = true
    }
    return .string(text)
  }
}
