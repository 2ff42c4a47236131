#pragma once

#include "shared/api/expert.h"

#include <QWidget>

class Facts;

// What the operation knows of the expert: skills, area and hours, which decide the jobs they are offered.
class ExpertProfile : public QWidget
{
    Q_OBJECT
public:
    explicit ExpertProfile(QWidget *parent = nullptr);

    void setExpert(const api::Expert &expert);

private:
    Facts *m_facts;
};
