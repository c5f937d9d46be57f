"""The list of all rules; each rule is a module of its own, and none of them analyses anything."""

from __future__ import annotations

from flake8_gradtape.rules.base import Rule
from flake8_gradtape.rules.tap101_unwatched_tensor import UnwatchedTensor
from flake8_gradtape.rules.tap102_other_tapes_tensor import OtherTapesTensor
from flake8_gradtape.rules.tap103_target_not_recorded import TargetNotRecorded
from flake8_gradtape.rules.tap104_watched_too_late import WatchedTooLate
from flake8_gradtape.rules.tap105_left_tensorflow import LeftTensorflow
from flake8_gradtape.rules.tap106_not_differentiable import NotDifferentiable
from flake8_gradtape.rules.tap107_variable_replaced import VariableReplaced
from flake8_gradtape.rules.tap108_variable_not_watched import VariableNotWatched
from flake8_gradtape.rules.tap109_copy_as_source import CopyAsSource
from flake8_gradtape.rules.tap110_inner_gradient_outside import InnerGradientOutside
from flake8_gradtape.rules.tap111_not_floating import NotFloating
from flake8_gradtape.rules.tap112_unrelated_source import UnrelatedSource
from flake8_gradtape.rules.tap113_swapped_arguments import SwappedArguments
from flake8_gradtape.rules.tap114_through_state import ThroughState
from flake8_gradtape.rules.tap115_stopped_gradient import StoppedGradient
from flake8_gradtape.rules.tap201_spent_tape import SpentTape
from flake8_gradtape.rules.tap202_tape_not_entered import TapeNotEntered
from flake8_gradtape.rules.tap203_tape_already_active import TapeAlreadyActive
from flake8_gradtape.rules.tap204_not_a_tensor import NotATensor
from flake8_gradtape.rules.tap205_unwatchable import Unwatchable
from flake8_gradtape.rules.tap206_no_registered_gradient import NoRegisteredGradient
from flake8_gradtape.rules.tap207_variable_augmented import VariableAugmented
from flake8_gradtape.rules.tap208_swapped_grads_and_vars import SwappedGradsAndVars
from flake8_gradtape.rules.tap209_unknown_attribute import UnknownAttribute
from flake8_gradtape.rules.tap210_jacobian_needs_persistent import JacobianNeedsPersistent
from flake8_gradtape.rules.tap211_minimize_without_tape import MinimizeWithoutTape
from flake8_gradtape.rules.tap212_graph_gradients_in_eager import GraphGradientsInEager
from flake8_gradtape.rules.tap213_unknown_option import UnknownOption
from flake8_gradtape.rules.tap301_persistent_never_deleted import PersistentNeverDeleted
from flake8_gradtape.rules.tap302_persistent_reentered import PersistentReentered
from flake8_gradtape.rules.tap303_tape_never_asked import TapeNeverAsked
from flake8_gradtape.rules.tap304_persistent_without_del import PersistentWithoutDel
from flake8_gradtape.rules.tap401_gradient_inside_persistent import GradientInsidePersistent
from flake8_gradtape.rules.tap402_inner_gradient_unused import InnerGradientUnused
from flake8_gradtape.rules.tap403_needless_persistent import NeedlessPersistent
from flake8_gradtape.rules.tap404_redundant_watch import RedundantWatch
from flake8_gradtape.rules.tap501_watched_between_uses import WatchedBetweenUses
from flake8_gradtape.rules.tap502_none_as_output_gradients import NoneAsOutputGradients
from flake8_gradtape.rules.tap503_loss_as_output_gradients import LossAsOutputGradients
from flake8_gradtape.rules.tap504_penalty_outside import PenaltyOutside
from flake8_gradtape.rules.tap505_partly_cut import PartlyCut
from flake8_gradtape.rules.tap506_inner_step_by_assign import InnerStepByAssign
from flake8_gradtape.rules.tap507_where_nan import WhereNan
from flake8_gradtape.rules.tap508_same_loss_again import SameLossAgain
from flake8_gradtape.rules.tap900_internal_error import InternalError

_RULES: tuple[type[Rule], ...] = (
    UnwatchedTensor,
    OtherTapesTensor,
    TargetNotRecorded,
    WatchedTooLate,
    LeftTensorflow,
    NotDifferentiable,
    VariableReplaced,
    VariableNotWatched,
    CopyAsSource,
    InnerGradientOutside,
    NotFloating,
    UnrelatedSource,
    SwappedArguments,
    ThroughState,
    StoppedGradient,
    SpentTape,
    TapeNotEntered,
    TapeAlreadyActive,
    NotATensor,
    Unwatchable,
    NoRegisteredGradient,
    VariableAugmented,
    SwappedGradsAndVars,
    UnknownAttribute,
    JacobianNeedsPersistent,
    MinimizeWithoutTape,
    GraphGradientsInEager,
    UnknownOption,
    PersistentNeverDeleted,
    PersistentReentered,
    TapeNeverAsked,
    PersistentWithoutDel,
    GradientInsidePersistent,
    InnerGradientUnused,
    NeedlessPersistent,
    RedundantWatch,
    WatchedBetweenUses,
    NoneAsOutputGradients,
    LossAsOutputGradients,
    PenaltyOutside,
    PartlyCut,
    InnerStepByAssign,
    WhereNan,
    SameLossAgain,
    InternalError,
)


def all_rules() -> tuple[Rule, ...]:
    """Return one instance of every rule, in the order of their codes."""
    return tuple(rule() for rule in _RULES)


def codes() -> tuple[str, ...]:
    """Return the codes of all rules, in order."""
    return tuple(rule.code for rule in _RULES)
