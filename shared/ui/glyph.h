#pragma once

#include "shared/ui/tokens.h"

#include <QWidget>

// An icon that stands by itself and follows colours and size of text. Says nothing to a screen reader: the
// words beside it do.
class Glyph : public QWidget
{
    Q_OBJECT
public:
    explicit Glyph(const QString &name, double units = 18, QColor Tokens::*color = &Tokens::muted);
    Glyph(const QString &name, double units, Tone tone);

    void setGlyph(const QString &name);
    void setTone(Tone tone);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QString m_name;
    double m_units;
    QColor Tokens::*m_color = nullptr;
    std::optional<Tone> m_tone;
};

// The product's own mark.
class Mark : public QWidget
{
    Q_OBJECT
public:
    explicit Mark(double units);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double m_units;
};
