# Odoo builds models in import order: our own first, then what each room adds to them.
from . import crm_trigger_known_mixin
from . import crm_trigger_insert_mixin
from . import crm_trigger_log_mixin
from .rule import crm_trigger_rule
from .rule import trigger
from .step import crm_trigger_step
from .run import crm_trigger_run
from .queue import crm_trigger_execution

# Rules: conditions, limits, time zones, life cycle, health.
from .rule import given
from .rule import conditions
from .rule import reading
from .rule import each_company
from .rule import reach
from .rule import author
from .rule import week
from .rule import limits
from .rule import whose_clock
from .rule import lifecycle
from .rule import res_company
from .rule import health
from .rule import uses
from .rule import alert
from .rule import standstill
from .rule import trigger_check
from .rule import resource_calendar
from .rule import ir_model_fields
from .rule import ir_model_fields_selection

# Steps: kind, server action, access, execution.
from .step import declared
from .step import bad_kinds
from .step import delegate
from .step import author
from .step import check
from .step import language
from .step import menu
from .step import act
from .step import joint
from .step import mail_activity
from .step import responsible
from .step import stand_in
from .step import ir_actions_server

# Runs: start, plan, limits, merge, stop, retention.
from .run import waking
from .run import ir_http
from .run import entering
from .run import enrolling
from .run import coming_back
from .run import take_back
from .run import plan
from .run import pace
from .run import trial
from .run import chain
from .run import merge
from .run import answer
from .run import mail_message
from .run import mail_thread
from .run import crm_trigger_pause
from .run import existing
from .run import leftover
from .run import crm_trigger_backlog
from .run import crm_trigger_turn
from .run import lateness
from .run import on_time
from .run import retention
from .run import unsent
from .run import res_config_settings

# The queue: claim, check again, act, mark.
from .queue import claim
from .queue import guards
from .queue import worker
from .queue import words
from .queue import dispatch
from .queue import crm_trigger_attempt

# What changes, and which rule watches it.
from .capture import crm_trigger_edition
from .capture import memory
from .capture import base
from .capture import base_linked
from .capture import watch
from .capture import linked
from .capture import cache
from .capture import crm_trigger_heard
from .capture import res_users
from .capture import res_company

# The records that rules are about.
from .records import base
from .records import mail_blacklist
from .records import res_users
from .records import contact
from .records import target
from .records import crm_trigger_mixin
from .records import crm_lead
from .records import sale_order
from .records import sale_order_line
from .records import account_move
from .records import account_move_line
from .records import res_partner
from .records import ir_model

# What contacts do.
from .signals import crm_trigger_signal_type
from .signals import crm_trigger_signal
from .signals import crm_trigger_signal_past
from .signals import accepting
from .signals import recording
from .signals import retention
from .signals import merging
from .signals import crm_trigger_mixin
from .signals import crm_lead
from .signals import res_partner
from .signals import mail_thread
from .signals import mail_message
from .signals import res_users_log
from .signals import calendar_attendee
from .signals import res_config_settings

# Rules, runs and steps as text.
from .explanation import wording
from .explanation import conditions
from .explanation import sentence
from .explanation import lacking
from .explanation import phrase
from .explanation import explain_conditions
from .explanation import explain
from .explanation import explain_run
from .explanation import explain_guards
from .explanation import run
from .explanation import execution
from .explanation import timeline
from .explanation import refresh

# The catalog: presets, templates, help, figures.
from .catalog import crm_trigger_preset
from .catalog import presets
from .catalog import gallery
from .catalog import crm_trigger_help
from .catalog import overview
from .catalog import gain
from .catalog import crm_trigger_step
from .catalog import pinned
from .catalog import stages
from .catalog import campaigns
from .catalog import utm_campaign
from .catalog import form
from .catalog import crm_trigger_deleted
from .catalog import crm_trigger_gone
from .catalog import losing
from .catalog import uninstalling
from .catalog import ir_model
from .catalog import ir_model_fields_selection
from .catalog import ir_model_data
from .catalog import base

# Which runs start and stop, decided once per transaction.
from .evaluation import settle
from .evaluation import born
from .evaluation import decision
from .evaluation import undecided

# One folder for each kind of trigger.
from .trigger_kinds import clock
from .trigger_kinds import create
from .trigger_kinds import manual
from .trigger_kinds import date
from .trigger_kinds import recurring
from .trigger_kinds import happening
from .trigger_kinds import meeting
from .trigger_kinds import match
from .trigger_kinds import signal

# One folder for each kind of step.
from .step_kinds import activity
from .step_kinds import mail
from .step_kinds import update
from .step_kinds import opportunity
from .step_kinds import document
from .step_kinds import close
from .step_kinds import assign
from .step_kinds import stage
from .step_kinds import customer
from .step_kinds import scenario
from .step_kinds import confirm
from .step_kinds import discount
from .step_kinds import down_payment
from .step_kinds import send
from .step_kinds import agenda
from .step_kinds import note

# Checks before a queued message is sent.
from .queue import release_guards
from .queue import release
from .queue import release_address
from .queue import release_invoice
from .queue import release_sender
