# bash completion for airflowctl @VERSION@, as `airflowctl completion bash` prints it.
# Words, options and choices are in this file; names of the server come from the program's cache on disk.

# Set w (words that may follow), o (options with what each takes) and a (arguments) for the words of a command.
__airflowctl_data() {
    w='' o=' ' a=''
    case $1 in
@DATA@
        *) return 1 ;;
    esac
}

__airflowctl_global='@GLOBAL@'

# Set code to what an option takes: s nothing, n anything, f a file, l names, c=A,B choices, p ask the program.
__airflowctl_option() {
    local rest=${o#* "$1":}
    [[ $rest == "$o" ]] && rest=${__airflowctl_global#* "$1":}
    [[ $rest == "$__airflowctl_global" ]] && return 1
    code=${rest%% *}
    code=${code#h}
}

# Answer with those of the words that begin as the line does.
__airflowctl_offer() {
    local begin=$1 word
    shift
    for word; do
        [[ $word == "$begin"* ]] && COMPREPLY+=("$word")
    done
    return 0
}

__airflowctl_files() {
    local IFS=$'\n'
    type compopt &>/dev/null && compopt -o filenames
    COMPREPLY=($(compgen -f -- "$1"))
}

# Ask the program, which reads the line as bash does and answers with words quoted for it.
__airflowctl_ask() {
    local IFS=$'\n' program=$1 answer
    # A program of the current folder is run by its whole path only.
    [[ $program == /* ]] || program=${program##*/}
    answer=$(command "$program" __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) ||
        return 0
    COMPREPLY=($answer)
    if [[ ${COMPREPLY[0]-} == files ]]; then
        __airflowctl_files "$2"
    else
        COMPREPLY=("${COMPREPLY[@]:1}")
    fi
}

# Answer with what an option or an argument takes.
__airflowctl_value() {
    local IFS=,
    case $1 in
        c=*) __airflowctl_offer "$2" ${1#c=} ;;
        f*) __airflowctl_files "$2" ;;
        n*) ;;
        *) return 1 ;;
    esac
}

# Answer from this file; fail where only the program knows.
__airflowctl_walk() {
    local line=${COMP_LINE:0:COMP_POINT} IFS=$' \t\n' place='' code='' args=0 i cur word last
    local w o a
    case $line in
        *[\'\"\\\$\`*?[\<\>\&\;\|\(]*) return 1 ;;
    esac
    local -a words
    words=($line)
    [[ $line == *[[:space:]] ]] && words+=('')
    last=$((${#words[@]} - 1))
    cur=${words[last]}
    __airflowctl_data ''
    for ((i = 1; i < last; i++)); do
        word=${words[i]}
        if [[ $code ]]; then
            code=''
            continue
        fi
        case $word in
            --) return 1 ;;
            --*=*)
                __airflowctl_option "${word%%=*}" || return 1
                [[ $code == p ]] && return 1
                code=''
                ;;
            -*)
                __airflowctl_option "$word" || return 1
                [[ $code == p ]] && return 1
                [[ $code == s ]] && code=''
                ;;
            *)
                if ((args == 0)) && __airflowctl_data "${place:+$place }$word"; then
                    place=${place:+$place }$word
                else
                    __airflowctl_data "$place"
                    [[ $a ]] || return 1
                    args=$((args + 1))
                fi
                ;;
        esac
    done
    if [[ $code ]]; then
        __airflowctl_value "$code" "$cur"
        return
    fi
    case $cur in
        --*=*)
            __airflowctl_option "${cur%%=*}" || return 1
            # Without = among the letters that end a word, readline puts the answer in place of all of it.
            [[ $COMP_WORDBREAKS == *=* ]] || return 1
            __airflowctl_value "$code" "${cur#*=}"
            ;;
        -*)
            __airflowctl_flags "$cur"
            ;;
        *)
            if [[ $w ]] && ((args == 0)); then
                [[ $a ]] && return 1
                __airflowctl_offer "$cur" $w
                # Of none, the program knows those that only contain it.
                [[ ${COMPREPLY[*]-} ]]
                return
            fi
            code=''
            for word in $a; do
                code=$word
                ((args-- == 0)) && break
                [[ $word == *+ ]] && break
                code=''
            done
            if [[ $code ]]; then
                __airflowctl_value "${code%+}" "$cur"
            elif [[ ! $cur ]]; then
                __airflowctl_flags ''
            fi
            ;;
    esac
}

__airflowctl_flags() {
    local entry
    for entry in $o $__airflowctl_global; do
        [[ $entry == --* && $entry != *:h* ]] && __airflowctl_offer "$1" "${entry%%:*}"
    done
    return 0
}

__airflowctl_complete() {
    local noglob=1 i
    COMPREPLY=()
    # No word of the line, and no name of the server, is a pattern for files here.
    [[ $- == *f* ]] || noglob=''
    set -f
    __airflowctl_walk || __airflowctl_ask "$1" "$2"
    [[ $noglob ]] || set +f
}

complete -o nosort -F __airflowctl_complete airflowctl airflowctl-shell 2>/dev/null ||
    complete -F __airflowctl_complete airflowctl airflowctl-shell
