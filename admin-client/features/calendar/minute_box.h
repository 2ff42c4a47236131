#pragma once

#include <QSpinBox>

// A time of day, up to and including the midnight at its end, which no QTimeEdit can hold. The arrow keys go
// by quarters of an hour.
class MinuteBox : public QSpinBox
{
    Q_OBJECT
public:
    MinuteBox(int minute, const QString &accessibleName, QWidget *parent = nullptr);

protected:
    [[nodiscard]] QString textFromValue(int minute) const override;
    [[nodiscard]] int valueFromText(const QString &text) const override;
    QValidator::State validate(QString &text, int &position) const override;
    void wheelEvent(QWheelEvent *event) override;
};
