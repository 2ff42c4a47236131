#pragma once

#include <QBoxLayout>
#include <QFormLayout>
#include <QLabel>
#include <QWidget>

#include <memory>

// Builds a screen as one expression that reads like the screen:
//
//     Column {
//         title(tr("Reject the job")),
//         Form { tr("Reason"), m_reason, tr("Note"), m_note },
//         Row { Stretch(), m_cancel, m_reject },
//     }.margins(24).attachTo(this);
//
// Widgets get their parent from the layout they end up in. A label of a Form becomes its field's accessible
// name.
namespace layout {

// The distances that everything keeps.
inline constexpr int tight = 4;
inline constexpr int small = 8;
inline constexpr int medium = 12;
inline constexpr int large = 16;
inline constexpr int wide = 24;

struct Stretch
{
    int factor = 1;
};

struct Space
{
    int pixels = medium;
};

// A part that takes the room the others leave.
template <class Part>
struct Growing
{
    Part part;
};

template <class Part>
[[nodiscard]] Growing<Part> growing(Part part)
{
    return { std::move(part) };
}

template <class Self, class Layout>
class Builder
{
public:
    [[nodiscard]] Self &&margins(int all) && { return std::move(*this).margins(all, all, all, all); }
    [[nodiscard]] Self &&margins(int left, int top, int right, int bottom) &&
    {
        m_layout->setContentsMargins(left, top, right, bottom);
        return static_cast<Self &&>(*this);
    }
    [[nodiscard]] Self &&spacing(int pixels) &&
    {
        m_layout->setSpacing(pixels);
        return static_cast<Self &&>(*this);
    }

    void attachTo(QWidget *widget) && { widget->setLayout(m_layout.release()); }
    [[nodiscard]] Layout *release() { return m_layout.release(); }

protected:
    explicit Builder(Layout *layout)
        : m_layout(layout)
    {
        m_layout->setContentsMargins(0, 0, 0, 0);
        m_layout->setSpacing(small);
    }

    std::unique_ptr<Layout> m_layout;
};

template <class Self>
class Box : public Builder<Self, QBoxLayout>
{
protected:
    template <class... Parts>
    explicit Box(QBoxLayout::Direction direction, Parts &&...parts)
        : Builder<Self, QBoxLayout>(new QBoxLayout(direction))
    {
        (add(std::forward<Parts>(parts), 0), ...);
    }

private:
    void add(QWidget *widget, int stretch) { this->m_layout->addWidget(widget, stretch); }
    void add(QLayout *layout, int stretch) { this->m_layout->addLayout(layout, stretch); }
    void add(Stretch stretch, int) { this->m_layout->addStretch(stretch.factor); }
    void add(Space space, int) { this->m_layout->addSpacing(space.pixels); }
    template <class Part>
    void add(Growing<Part> part, int)
    {
        add(std::move(part.part), 1);
    }
    template <class Part>
    requires requires(Part &part) { part.release(); }
    void add(Part part, int stretch) { add(part.release(), stretch); }
};

class Column : public Box<Column>
{
public:
    template <class... Parts>
    explicit Column(Parts &&...parts)
        : Box<Column>(QBoxLayout::TopToBottom, std::forward<Parts>(parts)...)
    {
    }
};

class Row : public Box<Row>
{
public:
    template <class... Parts>
    explicit Row(Parts &&...parts)
        : Box<Row>(QBoxLayout::LeftToRight, std::forward<Parts>(parts)...)
    {
    }
};

// Labels above their fields: reads fast, and a translation or a larger font never squeezes the field.
class Form : public Builder<Form, QFormLayout>
{
public:
    template <class... Parts>
    explicit Form(Parts &&...parts)
        : Builder<Form, QFormLayout>(new QFormLayout)
    {
        m_layout->setRowWrapPolicy(QFormLayout::WrapAllRows);
        m_layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
        (add(std::forward<Parts>(parts)), ...);
    }

private:
    void add(const QString &label)
    {
        m_label = new QLabel(label);
        m_label->setProperty("words", QStringLiteral("strong"));
    }
    void add(QWidget *field)
    {
        if (!m_label)
            return m_layout->addRow(field);
        if (field->accessibleName().isEmpty())
            field->setAccessibleName(m_label->text());
        m_label->setBuddy(field);
        m_layout->addRow(std::exchange(m_label, nullptr), field);
    }

    QLabel *m_label = nullptr;
};

} // namespace layout
