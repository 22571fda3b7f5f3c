/// What the rules do with every span of one tool, worked out before spans come: which attributes are
/// added, transformed already, and which are removed for that tool alone.
struct CustomizerPlan {
  struct Addition: Equatable {
    var key: String
    var value: RuleValue
    /// The rules that had a part in it, by their numbers.
    var rules: [Int]
  }

  var additions: [Addition] = []
  /// Attributes that only this tool's override takes away.
  var removals: [(key: String, rule: Int)] = []

  /// Nothing is added.
  init() {}

  /// Globals, then the tool's override, then each condition that holds; later ones win, and a value keeps
  /// the place of the first of its key. Then the transformations in the order given.
  init(
    _ rules: CustomizerRules, tool: String?, _ numbers: [RuleLabel: Int], _ secret: RuleSecret?
  ) {
    for addition in rules.globals { set(addition, numbers) }
    if let tool, !tool.isEmpty {
      for override in rules.overrides where override.tool.utf8.elementsEqual(tool.utf8) {
        for addition in override.attributes { set(addition, numbers) }
        removals += override.removals.map { ($0.key, numbers[$0.label] ?? 0) }
      }
    }
    for condition in rules.conditions where condition.when.holds(forTool: tool) {
      for addition in condition.additions { set(addition, numbers) }
    }
    for transformation in rules.transformations {
      for index in additions.indices
      where additions[index].key.utf8.elementsEqual(transformation.field.utf8) {
        let text = PythonText.text(additions[index].value)
        guard let changed = transformation.operation.apply(to: text, secret: secret) else {
          continue
        }
        additions[index].value = .string(changed)
        additions[index].rules.append(numbers[transformation.label] ?? 0)
      }
    }
  }

  private mutating func set(_ addition: CustomizerRules.Addition, _ numbers: [RuleLabel: Int]) {
    let made = Addition(
      key: addition.key, value: addition.value, rules: [numbers[addition.label] ?? 0])
    if let place = additions.firstIndex(where: { $0.key.utf8.elementsEqual(made.key.utf8) }) {
      additions[place] = made
    } else {
      additions.append(made)
    }
  }
}
