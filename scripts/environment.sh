# Makes .venv and keeps it at a lock; sourced by other scripts. Nothing is installed system-wide.

find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  echo "points needs Python 3.11 or newer, and there is none on PATH." >&2
  return 1
}

make_environment() {
  local python
  python="$(find_python)"
  echo "Making .venv with $("$python" --version) ..." >&2
  rm -rf .venv
  UV_PYTHON_DOWNLOADS=never uv venv --quiet --python "$python" .venv 2>/dev/null ||
    "$python" -m venv .venv
  pwd -P >.venv/made-in
}

install() { # by uv where it is there; by pip also where only pip was told of a mirror
  uv pip install --quiet --python .venv/bin/python "$@" 2>/dev/null && return
  .venv/bin/python -m pip --version &>/dev/null || .venv/bin/python -m ensurepip >/dev/null
  PIP_USER=0 .venv/bin/python -m pip install -qq "$@"
}

keep_environment_at() { # LOCK: only compares, when that is what was installed last
  # Programs in .venv name the folder that they were made in: a clone that moved needs them anew.
  [[ -x .venv/bin/python && "$(cat .venv/made-in)" == "$(pwd -P)" ]] || make_environment
  if cmp -s <(cat pyproject.toml "$1") ".venv/$1"; then return; fi
  echo "Installing $1 ..." >&2
  install --require-hashes -r "$1"
  POINTS_SCANNER_LATER=1 install --no-build-isolation --no-deps -e . # see hatch_build.py
  cat pyproject.toml "$1" >".venv/$1"
}
