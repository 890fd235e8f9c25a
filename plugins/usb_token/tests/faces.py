"""A person at the agent, as a test wants him."""


class Person:
    """Agrees or not, types PINs in turn, and remembers what he saw."""

    def __init__(self, *pins, agrees=True, asks_again=True):
        self.pins = list(pins)
        self.agreed = agrees
        self.asks_again = asks_again
        self.seen = []
        self.asked = 0
        self.problems = []
        self.said = []
        self.steps = []

    def show(self, job, shown):
        self.seen.append([each.name or each.title for each in shown])

    def agrees(self):
        return self.agreed

    def pin(self):
        self.asked += 1
        return self.pins.pop(0) if self.pins else None

    def progress(self, done, total):
        self.steps.append((done, total))

    def say(self, text):
        self.said.append(text)

    def fail(self, error):
        self.problems.append(error.problem)
