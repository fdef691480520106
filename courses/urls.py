"""The addresses of the learner screens, below `/curso/`. None of them names what a lesson is about."""

from django.urls import path

from courses.assessments.views import attempt, quiz
from courses.attendance.views import attendance_code
from courses.care.views import my_attendance, my_notice
from courses.cohorts.views import ethics, legal_name, my_data
from courses.progress.views import find_lesson, keep_my_place, lesson, my_course, my_diploma

app_name = "courses"

urlpatterns = [
    path("", my_course, name="my_course"),
    path("asistencia/", my_attendance, name="my_attendance"),
    path("asistencia/codigo/", attendance_code, name="attendance_code"),
    path("asistencia/aviso/", my_notice, name="my_notice"),
    path("diploma/", my_diploma, name="my_diploma"),
    path("compromiso/", ethics, name="ethics"),
    path("mis-datos/", my_data, name="my_data"),
    path("mis-datos/nombre-legal/", legal_name, name="legal_name"),
    path("buscar/", find_lesson, name="find"),
    path("prueba/<slug:slug>/", quiz, name="quiz"),
    path("intento/<uuid:pk>/", attempt, name="attempt"),
    # A cohort may have pinned an accented address from before they were refused: it goes on working.
    path("<str:slug>/", lesson, name="lesson"),
    path("<str:slug>/lugar/", keep_my_place, name="lesson_place"),
]
