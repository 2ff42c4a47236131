#pragma once

#include <QWidget>

#include <functional>

// A length that grows with the text: `units` pixels at 100 %.
[[nodiscard]] int scaled(double units);

// Runs `apply` now and whenever the size of text changes: for lengths that are set once and not asked for.
void keepScaled(QWidget *widget, std::function<void()> apply);
