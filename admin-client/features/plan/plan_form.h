#pragma once

#include "admin-client/features/plan/plan_view_model.h"

#include <QWidget>

#include <array>

class QCheckBox;
class QComboBox;
class QDateEdit;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;
class QVBoxLayout;

// The fields of a plan, in blocks; what the server refuses is said at its field.
class PlanForm : public QWidget
{
    Q_OBJECT
public:
    explicit PlanForm(QWidget *parent = nullptr);

    void setContent(const PlanDraft &content, const QList<api::Category> &categories, bool isNew);
    [[nodiscard]] PlanDraft content() const;
    // Those that are about no field here remain.
    [[nodiscard]] QList<FieldError> mark(const QList<FieldError> &errors);

signals:
    void edited();

private:
    struct Field
    {
        QWidget *widget;
        QLabel *note;
    };

    [[nodiscard]] QWidget *field(const QString &key, const QString &title, QWidget *widget);
    [[nodiscard]] QWidget *makeTerms();
    [[nodiscard]] QWidget *makeCover();
    [[nodiscard]] QWidget *makePromises();
    [[nodiscard]] QWidget *makeStart();
    void wire();
    void setCategories(const QList<api::Category> &categories, const QList<api::Slug> &covered);
    void onEdited();
    void clearMarks();

    QHash<QString, Field> m_fields;
    QLineEdit *m_name;
    QLineEdit *m_slug;
    QPlainTextEdit *m_description;
    QDoubleSpinBox *m_price;
    QComboBox *m_period;
    QComboBox *m_priority;
    std::array<QWidget *, 2> m_coverColumns;
    QWidget *m_cover;
    QList<QCheckBox *> m_categories;
    QStringList m_categoryIds; // of the boxes
    QSpinBox *m_visits;
    QList<QSpinBox *> m_minutes; // to assign, accept, arrive, resolve
    QComboBox *m_counting;
    QCheckBox *m_later;
    QDateEdit *m_from;
    QLabel *m_start;
    bool m_isFilling = false;
};
