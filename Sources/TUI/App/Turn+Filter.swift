import Store

extension Turn {
  mutating func openPrompt() {
    state.prompt = FilterPromptState(text: state.filter.text)
    askPrompt()
  }

  /// Applies a filter and remembers it; says why where it is none.
  mutating func applyFilter(_ text: String) {
    if let error = state.filter.apply(text) {
      state.notice = Notice(error.description, .promptError)
      return
    }
    remember(state.filter.text)
    ask()
  }

  private mutating func remember(_ text: String) {
    guard !text.isEmpty, state.history.last != text else { return }
    state.history.append(text)
    effects.append(.saveHistory(text))
  }

  // MARK: - Typing

  /// Text typed or pasted where a prompt is open; elsewhere a paste is dropped.
  mutating func type(_ text: String) {
    switch state.screen {
    case .filter:
      if state.prompt?.search != nil {
        state.prompt?.search?.needle.insert(text)
        searchHistory(again: false)
      } else {
        state.prompt?.editor.insert(text)
        promptChanged()
      }
    case .find: typeInFind(text)
    default: break
    }
  }

  private mutating func promptChanged() {
    state.prompt?.changed()
    askPrompt()
  }

  /// Asks what the draft would show and what may follow.
  private mutating func askPrompt() {
    guard let prompt = state.prompt else { return }
    state.promptGeneration += 1
    if prompt.error == nil {
      state.countedAt = now
      state.isCounting = true
      effects.append(.previewCount(prompt.filter, generation: state.promptGeneration))
    }
    effects.append(
      .complete(
        prompt.editor.text, cursor: prompt.editor.cursor, generation: state.promptGeneration))
  }

  /// Asks for the count alone, so that the suggestions being gone through stay.
  private mutating func askPreview() {
    guard let prompt = state.prompt, prompt.error == nil else { return }
    state.promptGeneration += 1
    state.countedAt = now
    state.isCounting = true
    effects.append(.previewCount(prompt.filter, generation: state.promptGeneration))
  }

  /// How long a count of what the draft would show stands while rows arrive: it looks at everything.
  private static let countInterval = Nanoseconds.milliseconds(500)

  /// Counts anew what the draft would show, as rows arrive; never while a count is being waited for.
  mutating func recount() {
    guard let prompt = state.prompt, prompt.error == nil, prompt.preview != nil,
      now.since(state.countedAt) >= Self.countInterval, !state.isCounting
    else { return }
    state.countedAt = now
    state.isCounting = true
    effects.append(.previewCount(prompt.filter, generation: state.promptGeneration))
  }

  // MARK: - Commands

  mutating func performOnFilter(_ command: Command) {
    guard let prompt = state.prompt else { return }
    if prompt.search != nil, performOnSearch(command) { return }
    switch command {
    case .acceptLine: acceptPrompt()
    case .cancelLine:
      if prompt.isPopupOpen, !prompt.isUntouched {
        state.prompt?.closePopup()
      } else {
        state.prompt = nil
      }
    case .complete, .completeBackward:
      if state.prompt?.complete(forward: command == .complete) ?? false {
        promptChanged()
      } else {
        askPreview()
      }
    case .historyUp, .historyDown:
      let isFound =
        state.prompt?.walkHistory(state.history, back: command == .historyUp) ?? false
      if isFound { askPreview() }
    case .historySearch:
      state.prompt?.search = .init(needle: LineEditor(), before: prompt.editor)
      searchHistory(again: false)
    default:
      if state.prompt?.editor.apply(command) ?? false { promptChanged() }
    }
  }

  private mutating func acceptPrompt() {
    guard let prompt = state.prompt else { return }
    if let error = prompt.error {
      state.notice = Notice(error.description, .promptError)
      state.prompt?.closePopup()
      return
    }
    state.prompt = nil
    applyFilter(prompt.editor.text)
  }

  // MARK: - Ctrl-r

  /// True when the command was for the search; the others end it and act on the line found.
  private mutating func performOnSearch(_ command: Command) -> Bool {
    switch command {
    case .historySearch: searchHistory(again: true)
    case .deleteBackward:
      _ = state.prompt?.search?.needle.apply(command)
      state.prompt?.search?.skipped = 0
      searchHistory(again: false)
    case .cancelLine:
      if let before = state.prompt?.search?.before { state.prompt?.editor = before }
      state.prompt?.search = nil
      promptChanged()
    default:
      state.prompt?.search = nil
      promptChanged()
      return false
    }
    return true
  }

  private mutating func searchHistory(again: Bool) {
    if again { state.prompt?.search?.skipped += 1 }
    state.prompt?.findInHistory(state.history)
    askPreview()
  }
}
