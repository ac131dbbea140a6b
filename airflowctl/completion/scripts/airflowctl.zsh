#compdef airflowctl airflowctl-shell
# zsh completion for airflowctl @VERSION@, as `airflowctl completion zsh` prints it.
# Words, options and choices are in this file; names of the server come from the program's cache on disk.

# Set w (words that may follow), o (options with what each takes), a (arguments) and n (what each word and
# option is about) for the words of a command.
__airflowctl_data() {
    w='' o=' ' a='' n=()
    case $1 in
@DATA@
        (*) return 1 ;;
    esac
}

typeset -g __airflowctl_global='@GLOBAL@'
typeset -ga __airflowctl_global_notes
__airflowctl_global_notes=(
@GLOBAL_NOTES@
)

# Set code to what an option takes: s nothing, n anything, f a file, l names, c=A,B choices, p ask the program.
__airflowctl_option() {
    local rest=${o#* "$1":}
    [[ $rest == "$o" ]] && rest=${__airflowctl_global#* "$1":}
    [[ $rest == "$__airflowctl_global" ]] && return 1
    code=${rest%% *}
    code=${code#h}
}

# Ask the program, which gets the words without their quotes; compadd quotes what is put in.
__airflowctl_ask() {
    local program=$words[1] answer
    local -a rows names shown
    # A program of the current folder is run by its whole path only.
    [[ $program == /* ]] || program=${program:t}
    answer=$(command $program __complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null) || return 1
    rows=("${(@f)answer}")
    if [[ $rows[1] == files ]]; then
        _files
        return
    fi
    shift rows
    (($#rows)) || return 1
    names=("${(@)rows%%$'\t'*}")
    local -a more
    # One name that only contains what is typed takes its place.
    (($#names == 1)) && [[ $names[1] != "${(Q)PREFIX}"* ]] && more=(-U)
    if (($#rows <= 200)); then
        local row
        for row in "${rows[@]}"; do
            [[ ${row#*$'\t'} ]] && shown+=("${row%%$'\t'*}  -- ${row#*$'\t'}") || shown+=("${row%%$'\t'*}")
        done
        compadd $more -V names -l -d shown -a names
    else
        compadd $more -V names -a names
    fi
}

# Answer with what an option or an argument takes.
__airflowctl_value() {
    local -a choices
    case $1 in
        (c=*)
            choices=("${(@s:,:)1#c=}")
            compadd -V choices -a choices
            ;;
        (f*) _files ;;
        (n*) return 0 ;;
        (*) return 2 ;;
    esac
}

# Answer from this file; the code is 2 where only the program knows.
__airflowctl_walk() {
    local place='' code='' word cur=$PREFIX w o a
    local -i args=0 i
    local -a n
    [[ "${(j: :)words[1,CURRENT]}" == *[\'\"\\\$\`*?\[]* ]] && return 2
    __airflowctl_data ''
    for ((i = 2; i < CURRENT; i++)); do
        word=$words[i]
        if [[ -n $code ]]; then
            code=''
            continue
        fi
        case $word in
            (--) return 2 ;;
            (--*=*)
                __airflowctl_option "${word%%=*}" || return 2
                [[ $code == p ]] && return 2
                code=''
                ;;
            (-*)
                __airflowctl_option "$word" || return 2
                [[ $code == p ]] && return 2
                [[ $code == s ]] && code=''
                ;;
            (*)
                if ((args == 0)) && __airflowctl_data "${place:+$place }$word"; then
                    place=${place:+$place }$word
                else
                    __airflowctl_data "$place"
                    [[ -n $a ]] || return 2
                    args+=1
                fi
                ;;
        esac
    done
    if [[ -n $code ]]; then
        __airflowctl_value "$code"
        return
    fi
    case $cur in
        (--*=*)
            __airflowctl_option "${cur%%=*}" || return 2
            compset -P '*='
            __airflowctl_value "$code" && return
            compset -p -1 2>/dev/null
            return 2
            ;;
        (-*) __airflowctl_flags ;;
        (*)
            if [[ -n $w ]] && ((args == 0)); then
                [[ -n $a ]] && return 2
                n=("${(@)n:#-*}")
                # Of none, the program knows those that only contain it.
                _describe -V -t commands 'command' n || return 2
                return
            fi
            for word in ${=a}; do
                code=$word
                ((args-- == 0)) && break
                [[ $word == *+ ]] && break
                code=''
            done
            if [[ -n $code ]]; then
                __airflowctl_value "${code%+}"
            elif [[ -z $cur ]]; then
                __airflowctl_flags
            fi
            ;;
    esac
}

__airflowctl_flags() {
    local -a flags
    flags=("${(@M)n:#-*}" "${__airflowctl_global_notes[@]}")
    _describe -V -o -t options 'option' flags
}

_airflowctl() {
    setopt local_options no_sh_word_split no_ksh_arrays no_glob_subst no_aliases
    __airflowctl_walk
    (($? == 2)) && __airflowctl_ask
}

# Sourced into a shell that has not loaded its completion yet.
if ((!$+functions[compdef])); then
    autoload -Uz compinit
    compinit -i -D
fi
if [[ $funcstack[1] == _airflowctl ]]; then
    _airflowctl "$@"
else
    compdef _airflowctl airflowctl airflowctl-shell
fi
